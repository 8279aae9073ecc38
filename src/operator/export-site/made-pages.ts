/** What our web server makes when it is asked, as files: the front page, lists for programs, what is to come, answers to oEmbed. */
import { text } from 'node:stream/consumers';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { typeByEnding } from '../../../publisher/media/key.ts';
import {
  addressOf,
  calendarKey,
  episodeFolder,
  episodePageKey,
  oembedKey,
  showPageKey,
  upcomingKey,
} from '../../../publisher/site/addresses.ts';
import type { Assets } from '../../../publisher/site/assets.ts';
import { renderCalendar } from '../../../publisher/site/calendar.ts';
import { smallCovers } from '../../../publisher/site/cover.ts';
import { renderOpml, renderRobots, renderSitemapIndex } from '../../../publisher/site/for-crawlers.ts';
import { leanPage } from '../../../publisher/site/lean.ts';
import { type OembedFacts, renderOembed } from '../../../publisher/site/oembed.ts';
import { pageAddress } from '../../../publisher/site/own-domain.ts';
import { upcomingView } from '../../../publisher/site/upcoming-view.ts';
import { indexView, siteOf } from '../../../publisher/site/views.ts';
import { indexPage } from '../../../templates/pages/index-page.ts';
import { upcomingPage } from '../../../templates/pages/upcoming-page.ts';
import type { Catalog, PublishableEpisode, Show } from '../../catalog/index.ts';

export interface MadePages {
  catalog: Pick<Catalog, 'guilds'>;
  /** Where the pages stand. */
  target: MediaStore;
  baseUrl: string;
  assets: Assets;
}

const put = (target: MediaStore, key: string, content: string) =>
  target.put(key, { body: Buffer.from(content) }, { contentType: typeByEnding(key) });

/** Nothing is to come there: what Discord's events say changes, and a folder does not. */
export async function putMadePages(
  { catalog, target, baseUrl, assets }: MadePages,
  show: Show,
  episodes: readonly PublishableEpisode[],
): Promise<void> {
  const timeZone = (await catalog.guilds.byId(show.guild_id))?.time_zone ?? 'UTC';
  const upcoming = upcomingView({ show, webinars: [], baseUrl, timeZone }, assets);
  const pageUrl = pageAddress(siteOf({ show, baseUrl }), showPageKey(show.slug));
  await put(target, upcomingKey(show.slug), leanPage(String(await upcomingPage(upcoming))));
  await put(target, calendarKey(show.slug), renderCalendar(show, [], pageUrl));
  for (const { slug } of episodes) await answerOembed(target, baseUrl, show.slug, slug);
}

/** oEmbed asks with the page's address; a folder has one answer a page instead, and the page names it. */
async function answerOembed(target: MediaStore, baseUrl: string, show: string, episode: string) {
  const facts = await target.read(oembedKey(show, episode));
  const page = await target.read(episodePageKey(show, episode));
  if (facts === undefined || page === undefined) return;
  const answer = renderOembed(JSON.parse(await text(facts.body)) as OembedFacts);
  const key = `${episodeFolder(show, episode)}oembed-answer.json`;
  const html = (await text(page.body)).replace(
    /href="[^"]*\/oembed\?url=[^"]*"/,
    () => `href="${addressOf(baseUrl, key)}"`,
  );
  await put(target, key, JSON.stringify(answer));
  await put(target, episodePageKey(show, episode), html);
  await target.delete(oembedKey(show, episode));
}

/** By path in the folder. */
export async function rootFiles(
  { target, baseUrl, assets }: Omit<MadePages, 'catalog'>,
  shows: readonly Show[],
): Promise<Record<string, string>> {
  const coverKeys = await smallCovers(target, shows, assets);
  return {
    'index.html': leanPage(String(await indexPage(indexView([...shows], assets, { baseUrl, coverKeys })))),
    'shows.opml': renderOpml(baseUrl, shows),
    'sitemap.xml': renderSitemapIndex(baseUrl, shows),
    'robots.txt': renderRobots(addressOf(baseUrl, 'sitemap.xml')),
  };
}

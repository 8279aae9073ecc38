/** The pages of shows: most stand in the store since they were published; what is to come is asked of the catalog. */
import type { Context, Hono } from 'hono';
import { indexPage } from '../../templates/pages/index-page.ts';
import { upcomingPage } from '../../templates/pages/upcoming-page.ts';
import { answerPreflight } from '../media/serve.ts';
import { NOT_FOUND, retractedEpisode, unknownEpisode } from '../messages.ts';
import {
  archiveKey,
  chaptersKey,
  embedKey,
  episodePageKey,
  showPageKey,
  transcriptPartKey,
  upcomingKey,
} from '../site/addresses.ts';
import { CALENDAR_TYPE, renderCalendar, stillToCome } from '../site/calendar.ts';
import { smallCovers } from '../site/cover.ts';
import { leanPage } from '../site/lean.ts';
import { pageAddress } from '../site/own-domain.ts';
import { upcomingView } from '../site/upcoming-view.ts';
import { indexView, siteOf } from '../site/views.ts';
import { answerMade } from './made.ts';
import type { Kit } from './kit.ts';

export function pageRoutes(app: Hono, { options, assets, texts, say, explainShow, serveOr }: Kit): void {
  const { catalog, media, baseUrl, nowMs } = options;
  const explainEpisode = async (showSlug: string, episodeSlug: string) => {
    const show = await catalog.shows.bySlug(showSlug);
    const retracted = show === undefined ? [] : await catalog.episodes.retracted(show.id);
    return retracted.some(({ slug }) => slug === episodeSlug)
      ? retractedEpisode(showSlug)
      : explainShow(showSlug, unknownEpisode(showSlug));
  };

  app.get('/', async (c) => {
    const [shows, own] = [await catalog.shows.listPublished(), await assets()];
    const view = indexView(shows, own, { baseUrl, coverKeys: await smallCovers(media, shows, own) });
    const headers = { 'Cache-Control': 'public, max-age=60' };
    const html = leanPage(String(await indexPage(view)));
    return answerMade(c, html, { texts, contentType: 'text/html; charset=UTF-8', headers });
  });

  app.get('/shows/:show/', (c) => {
    const { show } = c.req.param();
    return serveOr(c, showPageKey(show), () => explainShow(show, NOT_FOUND));
  });
  app.get('/shows/:show/archive/:page{[1-9][0-9]{0,5}}/', (c) => {
    const { show, page } = c.req.param();
    return serveOr(c, archiveKey(show, Number(page)), () => explainShow(show, NOT_FOUND));
  });

  const episode = '/shows/:show/episodes/:episode/';
  const serveOfEpisode = (
    c: Context,
    keyOfIt: (show: string, episode: string) => string,
    crossOrigin = false,
  ) => {
    const { show = '', episode = '' } = c.req.param() as { show?: string; episode?: string };
    return serveOr(c, keyOfIt(show, episode), () => explainEpisode(show, episode), { crossOrigin });
  };
  app.get(episode, (c) => serveOfEpisode(c, episodePageKey));
  app.get(`${episode}embed/`, (c) => serveOfEpisode(c, embedKey, true));
  app.get(`${episode}transcript/:part{[1-9][0-9]{0,3}}/`, (c) => {
    const part = Number(c.req.param('part'));
    return serveOfEpisode(c, (show, slug) => transcriptPartKey(show, slug, part));
  });
  app.get(`${episode}chapters.json`, (c) => serveOfEpisode(c, chaptersKey, true));
  app.options(`${episode}chapters.json`, answerPreflight);

  /** Of a show that is public; a webinar of any other is for its own server to tell. */
  const upcoming = async (slug: string) => {
    const show = await catalog.shows.bySlug(slug);
    if (show === undefined || show.published_at === null) return undefined;
    return { show, webinars: stillToCome(await catalog.webinars.upcomingOf(show.id), nowMs()) };
  };
  app.get('/shows/:show/upcoming/', async (c) => {
    const slug = c.req.param('show');
    const found = await upcoming(slug);
    if (found === undefined) return say(c, await explainShow(slug, NOT_FOUND));
    const guild = await catalog.guilds.byId(found.show.guild_id);
    const view = upcomingView({ ...found, baseUrl, timeZone: guild?.time_zone ?? 'UTC' }, await assets());
    const html = leanPage(String(await upcomingPage(view)));
    return answerMade(c, html, { texts, contentType: 'text/html; charset=utf-8' });
  });
  app.get('/shows/:show/upcoming.ics', async (c) => {
    const slug = c.req.param('show');
    const found = await upcoming(slug);
    if (found === undefined) return say(c, await explainShow(slug, NOT_FOUND));
    const pageUrl = pageAddress(siteOf({ show: found.show, baseUrl }), upcomingKey(slug));
    return answerMade(c, renderCalendar(found.show, found.webinars, pageUrl), {
      texts,
      contentType: CALENDAR_TYPE,
    });
  });

  const folders = [
    '/shows/:show',
    '/shows/:show/episodes/:episode',
    '/shows/:show/upcoming',
    `${episode}embed`,
  ];
  for (const page of folders) app.get(page, (c) => c.redirect(`${new URL(c.req.url).pathname}/`, 301));
}

/** The pages that list a show's episodes and its sitemap, into the media store: those of which anything is other than it was. */
import type { MediaStore } from '../media/store.ts';
import { archiveFolder, sitemapKey } from './addresses.ts';
import type { Assets } from './assets.ts';
import { renderSitemap } from './for-crawlers.ts';
import { listPages } from './pages.ts';
import type { PublishedShow } from './published.ts';
import type { ShowMemory } from './publishing-memory.ts';
import { putIfChanged } from './put-page.ts';
import { siteOf } from './views.ts';

export interface ListsPlace {
  media: MediaStore;
  /** The show with the episodes that lists may name. */
  listed: PublishedShow;
  assets: Assets;
  /** By episode, what all that is said of it is made of, the show included. */
  prints: ReadonlyMap<string, string>;
  known: Pick<ShowMemory, 'lists'>;
}

/** Of hundreds of pages an edit changes the one that its episode stands on. */
export async function putLists({ media, listed, assets, prints, known }: ListsPlace): Promise<void> {
  const { show, episodes } = listed;
  const folder = archiveFolder(show.slug);
  const isFirst = known.lists.size === 0;
  const put = async (key: string, madeOf: readonly (string | undefined)[], body: () => Promise<string>) => {
    // Without an episode nothing in it names the show.
    const made = madeOf.length > 1 && !madeOf.includes(undefined) ? madeOf.join('\n') : '';
    if (made !== '' && known.lists.get(key) === made) return;
    await putIfChanged(media, key, await body());
    known.lists.set(key, made);
  };

  const pages = listPages(listed, assets);
  for (const { key, episodes: named, place, body } of pages)
    await put(key, [place, ...named.map(({ id }) => prints.get(id))], body);
  const site = siteOf(listed);
  const dates = episodes.map(({ slug, published_at }) => `${slug} ${published_at.getTime()}`);
  const sitemap = () => Promise.resolve(renderSitemap(site, episodes));
  await put(sitemapKey(show.slug), [JSON.stringify(site), ...dates], sitemap);

  // What stood there before and is no page any more goes, so that no words stay that were taken back.
  const keys = new Set(pages.map(({ key }) => key));
  for (const key of isFirst ? await media.list(folder) : known.lists.keys()) {
    if (!key.startsWith(folder) || keys.has(key)) continue;
    await media.delete(key);
    known.lists.delete(key);
  }
}

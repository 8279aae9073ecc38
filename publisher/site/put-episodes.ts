/** The pages of a show's episodes, into the media store and out of it. */
import type { PublishableEpisode } from '../../src/catalog/index.ts';
import { CHAPTERS_TYPE, renderChapters } from '../feed/chapters.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf, chaptersKey, episodeFolder, transcriptFolder } from './addresses.ts';
import type { Assets } from './assets.ts';
import { pagesOfEpisode } from './pages.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import type { ShowMemory } from './publishing-memory.ts';
import { putIfChanged, putPages } from './put-page.ts';
import { readTranscript } from './transcript.ts';

export interface EpisodesPlace {
  media: MediaStore;
  published: PublishedShow;
  assets: Assets;
  prints: ReadonlyMap<string, string>;
  known: ShowMemory;
}

/**
 * Pages of those of which anything is other than when they were written last. The feed must lead to nothing that is not
 * there: what is `new` stands before it. Where a page stands already only its chapters do, and it says what is new after it.
 */
export async function putEpisodes(
  { media, published, assets, prints, known }: EpisodesPlace,
  which: 'new' | 'changed',
): Promise<void> {
  for (const episode of published.episodes) {
    const made = prints.get(episode.id);
    const standing = known.pages.get(episode.id);
    if (made !== undefined && standing === made) continue;
    if (which === 'new') await putChapters(media, published, episode);
    if (which === 'new' && standing !== undefined) continue;
    await putPagesOf(media, published, episode, assets);
    if (made !== undefined) known.pages.set(episode.id, made);
    known.removed.delete(episode.id);
  }
}

async function putChapters(media: MediaStore, { show, baseUrl }: PublishedShow, episode: PublishableEpisode) {
  const { slug } = show;
  const chapters = chaptersOf(episode);
  if (chapters.length > 0)
    await putIfChanged(
      media,
      chaptersKey(slug, episode.slug),
      renderChapters(chapters, (key) => addressOf(baseUrl, key)),
      CHAPTERS_TYPE,
    );
}

async function putPagesOf(
  media: MediaStore,
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
) {
  const { slug } = published.show;
  const turns = await readTranscript(media, episode);
  const pages = await pagesOfEpisode(published, episode, assets, turns);
  await putPages(media, transcriptFolder(slug, episode.slug), pages);
}

/** Of episodes that were taken back, or have to be made anew before anybody may hear them. */
export async function removePages(
  media: MediaStore,
  showSlug: string,
  retracted: readonly { id: string; slug: string }[],
  known: ShowMemory,
): Promise<void> {
  for (const { id, slug } of retracted) {
    if (known.removed.has(id)) continue;
    for (const key of await media.list(episodeFolder(showSlug, slug))) await media.delete(key);
    known.removed.add(id);
    known.pages.delete(id);
  }
}

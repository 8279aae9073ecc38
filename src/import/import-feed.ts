/**
 * Takes a feed of another host over. Each episode is in the catalog once its files are here, and in the feed once all are: a try
 * that was cut short is gone on with, and a second import adds what is new and changes nothing else.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { PublishedFeed } from '../../publisher/site/publish-show.ts';
import { type Catalog, type Import, NotInCatalogError, type Show, StateError } from '../catalog/index.ts';
import { podcastGuid } from '../catalog/podcast-guid.ts';
import { isSlug } from '../catalog/slug.ts';
import { OutsideError } from '../outside/index.ts';
import { ArtError, createArtTaker } from './art.ts';
import { fetchFeed, type WholeFeed } from './fetch-feed.ts';
import type { SourceItem } from './feed.ts';
import { folderOf, importItem, type ItemOptions, MediaFileError } from './import-item.ts';
import { howToProve, isProven, ownershipToken } from './ownership.ts';
import { reportOf } from './report.ts';

/** It cannot be done as it stands; trying again changes nothing. The message is for whoever asked. */
export class ImportRefusedError extends Error {
  override name = 'ImportRefusedError';
}

export interface ImportOptions extends Pick<
  ItemOptions,
  'media' | 'outside' | 'ffmpeg' | 'signal' | 'pauseMs'
> {
  catalog: Catalog;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Of the installation, for proofs of ownership. */
  secret: Uint8Array;
  scratchFolder: string;
  publish: (showId: string) => Promise<PublishedFeed>;
  /** 0 to 100. */
  onProgress?: (percent: number) => void;
}

export interface ImportOutcome {
  state: 'done' | 'unproven';
  said: string;
}

/** Throws ImportRefusedError, OutsideError and FeedError, and whatever keeps store or catalog from their work. */
export async function importFeed(options: ImportOptions, wanted: Import): Promise<ImportOutcome> {
  const { catalog, outside, baseUrl, secret, signal } = options;
  const feed = await fetchFeed(outside, wanted.feed_url, signal);
  if (feed.url.startsWith(`${baseUrl}/`))
    throw new ImportRefusedError(
      `${wanted.feed_url} leads to this installation already: there is nothing to import any more.`,
    );
  if (feed.show.isLocked && wanted.proven_at === null) {
    const token = ownershipToken(secret, wanted.guild_id, wanted.feed_url);
    if (!isProven(feed.show, token)) return { state: 'unproven', said: howToProve(feed.show, token) };
    await catalog.imports.markProven(wanted.id);
  }
  if (feed.items.length === 0) throw new ImportRefusedError('The feed has no episode that could be heard.');
  const notes: string[] = [];
  const show = await showFor(options, wanted, feed);
  const folder = folderOf(options.scratchFolder, wanted.id);
  await mkdir(folder, { recursive: true });
  const before = await catalog.imports.known(show.id);
  const failed = await takeItems(options, { show, feed, folder, note: (what) => notes.push(what) });
  const warnings = await publishAll(options, show, feed.items);
  await rm(folder, { recursive: true, force: true });
  const after = await catalog.imports.known(show.id);
  const here = (await catalog.shows.byId(show.id)) ?? show;
  return {
    state: 'done',
    said: reportOf({ show: here, feed, baseUrl, before, after, failed, notes, warnings }),
  };
}

/** The show that it filled before, or one with its identity, or a new one. */
async function showFor({ catalog }: ImportOptions, wanted: Import, feed: WholeFeed): Promise<Show> {
  const filled = wanted.show_id === null ? undefined : await catalog.shows.byId(wanted.show_id);
  if (filled !== undefined) return filled;
  const { show: source } = feed;
  const twin =
    source.podcastGuid === undefined ? undefined : await catalog.shows.byPodcastGuid(source.podcastGuid);
  if (twin !== undefined && twin.guild_id !== wanted.guild_id)
    throw new ImportRefusedError(
      `A show with the identity of this feed (podcast:guid ${twin.podcast_guid}) is here already, in another server. It is not taken over twice.`,
    );
  if (twin !== undefined) {
    await catalog.imports.setShow(wanted.id, twin.id);
    return twin;
  }
  const { show_slug: slug } = wanted;
  if (slug !== null && (!isSlug(slug) || (await catalog.shows.bySlug(slug)) !== undefined))
    throw new ImportRefusedError(
      isSlug(slug)
        ? `There is a show with the name "${slug}" already. Choose another by --show, or leave it out.`
        : `"${slug}" cannot stand in an address: use a-z, 0-9 and hyphens.`,
    );
  return catalog.transaction(async (trx) => {
    const show = await trx.shows.create(wanted.guild_id, {
      title: source.title,
      description: source.description,
      ...(source.author !== undefined && { author: source.author }),
      ...(source.language !== undefined && { language: source.language }),
      ...(source.category !== undefined && {
        category: source.category,
        subcategory: source.subcategory ?? null,
      }),
      explicit: source.explicit ?? false,
      feed: source.feed,
      ...(slug !== null && { slugFrom: slug }),
      // Directories make it from the first address where a feed has none of its own.
      podcastGuid: source.podcastGuid ?? podcastGuid(wanted.feed_url, wanted.id),
    });
    await trx.imports.setShow(wanted.id, show.id);
    return show;
  });
}

interface Work {
  show: Show;
  feed: WholeFeed;
  folder: string;
  note: (what: string) => void;
}

/** Episodes that are not here yet, the oldest first. Answers why some could not be taken. */
async function takeItems(
  options: ImportOptions,
  { show, feed, folder, note }: Work,
): Promise<{ title: string; why: string }[]> {
  const { catalog, media, outside, ffmpeg, signal, pauseMs, onProgress } = options;
  const art = createArtTaker({ media, outside, ffmpeg, showId: show.id, scratchFolder: folder, signal });
  const { imageUrl } = feed.show;
  if (show.cover_key === null && imageUrl !== undefined)
    try {
      const coverKey = await art.take(imageUrl, { small: true });
      await catalog.shows.update(show.guild_id, show.id, { coverKey });
    } catch (error) {
      if (!(error instanceof OutsideError || error instanceof ArtError)) throw error;
      note(`The show came without its art: ${error.message.replace(/\.$/, '')}.`);
    }
  const known = await catalog.imports.known(show.id);
  const missing = feed.items.filter(({ guid }) => !known.has(guid)).reverse();
  const failed: { title: string; why: string }[] = [];
  for (const [index, item] of missing.entries()) {
    signal.throwIfAborted();
    const onPart = (part: number) => onProgress?.((100 * (index + part)) / missing.length);
    onPart(0);
    try {
      await importItem(item, {
        ...{ catalog, media, outside, ffmpeg, art, showId: show.id, showImageUrl: imageUrl, folder },
        ...{ signal, note, onProgress: onPart, ...(pauseMs !== undefined && { pauseMs }) },
      });
    } catch (error) {
      if (!(error instanceof OutsideError || error instanceof MediaFileError)) throw error;
      failed.push({ title: item.title, why: error.message.replace(/\.$/, '') });
    }
  }
  return failed;
}

/**
 * All that came goes out at once, each with the date that it had. Answers what directories would show less of. A try that was
 * killed in the middle left some that are on their way.
 */
async function publishAll(
  { catalog, publish }: ImportOptions,
  show: Show,
  items: readonly SourceItem[],
): Promise<string[]> {
  const dates = new Map(items.map(({ guid, publishedAt }) => [guid, publishedAt]));
  const now = new Date();
  await catalog.transaction(async (trx) => {
    for (const [guid, { episodeId, isWaiting }] of await trx.imports.known(show.id)) {
      if (!isWaiting || !dates.has(guid)) continue;
      const at = dates.get(guid) ?? now;
      if (at > now) await trx.episodes.schedule(show.guild_id, episodeId, at);
      else await trx.episodes.publish(show.guild_id, episodeId, at);
    }
  });
  const waiting = [...(await catalog.imports.known(show.id)).values()].filter(
    ({ isPublishing }) => isPublishing,
  );
  if (waiting.length === 0) return [];
  const { leftOut, warnings } = await publish(show.id);
  const why = new Map(leftOut.map((error) => [error.episodeId, error.message]));
  for (const { episodeId } of waiting)
    try {
      const failure = why.get(episodeId);
      if (failure === undefined) await catalog.episodes.markPublished(episodeId);
      else await catalog.episodes.markFailed(episodeId, failure);
    } catch (error) {
      // A job of the ordinary flow has had it.
      if (!(error instanceof StateError || error instanceof NotInCatalogError)) throw error;
    }
  return [...new Set([...warnings.map(({ what }) => what), ...why.values()])];
}

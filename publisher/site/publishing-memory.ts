/**
 * What a process that publishes remembers from one time to the next, so that an edit in a show of thousands writes the one
 * page that it is about. A memory only ever spares work: a process without one does all of it again.
 */
import { hash } from 'node:crypto';
import type { EpisodesRead, PublishableEpisode } from '../../src/catalog/index.ts';
import { createItemCache, type ItemCache } from '../feed/item-cache.ts';
import type { Finding } from '../feed/lint/lint.ts';
import type { ArchivePage } from '../feed/document.ts';
import type { FeedItem } from '../feed/model.ts';
import { type Assets, loadAssets } from './assets.ts';
import type { PublishedShow } from './published.ts';

/** A file whose name is its content is looked at again after so long. */
const SOUND_FOR_MS = 24 * 60 * 60 * 1000;
/** The show that was published least lately is forgotten first. */
const MOST_SHOWS = 100;

export interface ShowMemory {
  /** The revision that this process brought to its end; another that the catalog names is another process's work. */
  revision: number;
  /** The episodes as the catalog had them last. */
  read: EpisodesRead;
  /** What names each of those objects. */
  prints: WeakMap<PublishableEpisode, string>;
  /** The pages of the feed's archive, as they were put last. */
  archive: Map<number, Pick<ArchivePage, 'head' | 'items'>>;
  /** By episode: what its pages were made of. */
  pages: Map<string, string>;
  /** By key: what the pages that list episodes, and the sitemap, were made of. */
  lists: Map<string, string>;
  /** By episode: its item as it was last, what that was made of, and what the gate found in it. */
  items: Map<string, { made: string | undefined; item: FeedItem; findings: Finding[] }>;
  /** The same of members' feeds: the item as it is for everybody, and as it is for them. */
  membersItems: Map<string, { made: string | undefined; item: FeedItem; own: FeedItem }>;
  membersArchive: Map<number, Pick<ArchivePage, 'head' | 'items'>>;
  /** Episodes whose pages were removed. */
  removed: Set<string>;
}

export interface PublishingMemory {
  items: ItemCache;
  /** Read once: they change only with the program. */
  assets(): Promise<Assets>;
  /** What is known of a show at the revision that stands; empty when another process has published since. */
  of(showId: string, publishedRevision: number): ShowMemory;
  /** All that is known of a show, when somebody has touched what was written of it. */
  forget(showId: string): void;
  /** Files that were found whole lately, and episodes as they were read of which all files were. */
  isSound(what: string | PublishableEpisode): boolean;
  markSound(what: string | PublishableEpisode): void;
  /** How much is remembered. */
  readonly size: { shows: number; files: number };
  /** One publication of a show at a time in this process; others wait. */
  inTurn<T>(showId: string, run: () => Promise<T>): Promise<T>;
}

export function createPublishingMemory(nowMs: () => number = Date.now): PublishingMemory {
  const shows = new Map<string, ShowMemory>();
  /** Since when, the first of them first. */
  const sound = new Map<string, number>();
  const soundEpisodes = new WeakMap<PublishableEpisode, number>();
  const turns = new Map<string, Promise<unknown>>();
  let assets: Promise<Assets> | undefined;
  return {
    items: createItemCache(),
    assets: () =>
      (assets ??= loadAssets().catch((error: unknown) => {
        assets = undefined;
        throw error;
      })),
    of(showId, publishedRevision) {
      const known = shows.get(showId);
      shows.delete(showId);
      if (known !== undefined && known.revision >= publishedRevision) {
        shows.set(showId, known);
        return known;
      }
      const fresh: ShowMemory = {
        ...{ revision: publishedRevision, read: new Map(), prints: new WeakMap(), archive: new Map() },
        ...{ pages: new Map(), lists: new Map(), items: new Map(), removed: new Set() },
        ...{ membersItems: new Map(), membersArchive: new Map() },
      };
      shows.set(showId, fresh);
      const [oldest] = shows.keys();
      if (shows.size > MOST_SHOWS && oldest !== undefined) shows.delete(oldest);
      return fresh;
    },
    forget: (showId) => void shows.delete(showId),
    isSound(what) {
      const sinceMs = typeof what === 'string' ? sound.get(what) : soundEpisodes.get(what);
      return sinceMs !== undefined && sinceMs > nowMs() - SOUND_FOR_MS;
    },
    markSound(what) {
      if (typeof what !== 'string') {
        soundEpisodes.set(what, nowMs());
        return;
      }
      sound.delete(what);
      sound.set(what, nowMs());
      for (const [key, sinceMs] of sound) {
        if (sinceMs > nowMs() - SOUND_FOR_MS) break;
        sound.delete(key);
      }
    },
    get size() {
      return { shows: shows.size, files: sound.size };
    },
    inTurn(showId, run) {
      const turn = (turns.get(showId) ?? Promise.resolve()).then(run, run);
      const over = turn.catch(() => undefined);
      turns.set(showId, over);
      void over.then(() => turns.get(showId) === over && turns.delete(showId));
      return turn;
    },
  };
}

/** Of episodes that the show has no more nothing is remembered. */
export function forgetOthers(
  { pages, items, membersItems, removed }: ShowMemory,
  episodes: readonly { id: string }[],
  retracted: readonly { id: string }[],
): void {
  const standing = new Set(episodes.map(({ id }) => id));
  const gone = new Set(retracted.map(({ id }) => id));
  for (const known of [pages, items, membersItems])
    for (const id of known.keys()) if (!standing.has(id)) known.delete(id);
  for (const id of removed) if (!gone.has(id)) removed.delete(id);
}

/** By episode: all that its item and its pages are made of, as one short name. */
export function printsOf(
  { episodes, ...frame }: PublishedShow,
  assets: Assets,
  { prints }: Pick<ShowMemory, 'prints'>,
): Map<string, string> {
  // Counters that rise with every change are on no page.
  const counters = { feed_revision: 0, feed_published_revision: 0, feed_behind_since: null };
  const show = { ...frame.show, ...counters };
  const shared = fingerprint(
    { ...frame, show },
    Object.values(assets).map(({ key }) => key),
  );
  const printOf = (episode: PublishableEpisode) => {
    const print = prints.get(episode) ?? fingerprint(episode);
    prints.set(episode, print);
    return print;
  };
  return new Map(episodes.map((episode) => [episode.id, `${shared} ${printOf(episode)}`]));
}

const fingerprint = (...parts: readonly unknown[]): string => hash('sha1', JSON.stringify(parts));

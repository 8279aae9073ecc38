/** What is looked at before a feed goes out: the gate's rules, and each new file by way of its public address. */
import type { PublishableEpisode, Webinars } from '../../src/catalog/index.ts';
import type { Finding } from '../feed/lint/lint.ts';
import type { FeedShow } from '../feed/model.ts';
import { addressOf } from './addresses.ts';
import type { Assets } from './assets.ts';
import { EnclosureError, enclosureOf } from './enclosures.ts';
import { feedOf, liveNoticeOf, type MediaAddress } from './feed-of.ts';
import { isNew, passGate } from './gate.ts';
import { listed, type PublishedShow } from './published.ts';
import type { ShowMemory } from './publishing-memory.ts';
import { NoAnswerError, type Promised, WrongAnswerError } from './self-test.ts';

export interface Examination {
  catalog: { webinars: Pick<Webinars, 'liveItemsOf'> };
  /** Without a trailing slash. */
  baseUrl: string;
  /** Where listeners fetch audio; below the base URL when left out. */
  mediaAddress?: MediaAddress | undefined;
  /** Fetches a new file as apps will; not done when left out. Rejects as `testEnclosure` does. */
  selfTest?: ((promised: Promised) => Promise<void>) | undefined;
  now?: () => Date;
}

export interface Examined {
  /** What may go out. */
  feed: FeedShow;
  /** What may not yet, and why. */
  waiting: EnclosureError[];
  /** What stays though its new file answers wrongly: apps take a missing episode for a deleted one. */
  faulty: EnclosureError[];
  warnings: Finding[];
}

/** Throws FeedRefusedError. */
export async function examine(
  { catalog, baseUrl, mediaAddress, selfTest, now = () => new Date() }: Examination,
  published: PublishedShow,
  { assets, prints, known }: Known,
): Promise<Examined> {
  const shown = listed(published);
  const all = feedOf({
    published: shown,
    mediaAddress,
    webinars: await catalog.webinars.liveItemsOf(shown.show.id),
    liveNotice: liveNoticeOf(assets),
    knownItem({ id }) {
      const last = known.items.get(id);
      return last?.made !== undefined && last.made === prints.get(id) ? last.item : undefined;
    },
  });
  const isOut = shown.show.published_at !== null;
  const facts = { baseUrl, isOut, art: shown.cover.art, now: now() };
  const { heldBack, errors, warnings } = passGate(all, shown.episodes, facts, prints, known);
  const [failed, faulty]: [EnclosureError[], EnclosureError[]] = [[], []];
  for (const [index, episode] of shown.episodes.entries()) {
    // Also other audio than before; a file that was tried once is in the feed already.
    if (episode.state !== 'publishing' || heldBack.has(episode.guid)) continue;
    const { bytes, mimeType } = all.items[index]!.enclosure;
    const url = (mediaAddress ?? ((key) => addressOf(baseUrl, key)))(enclosureOf(episode).media_key);
    const error = await tried(episode, { url, bytes, mimeType }, selfTest);
    if (error !== undefined) (isNew(episode) ? failed : faulty).push(error);
  }
  const waits = new Set([...heldBack, ...failed.map(({ guid }) => guid)]);
  const feed = {
    ...all,
    items: all.items.filter(({ guid }) => !waits.has(guid)),
    liveItems: all.liveItems?.filter(({ guid }) => !waits.has(guid)),
  };
  return { feed, waiting: [...errors, ...failed], faulty, warnings };
}

interface Known {
  assets: Assets;
  /** By episode, what its item is made of. */
  prints: ReadonlyMap<string, string>;
  known: ShowMemory;
}

async function tried(
  episode: PublishableEpisode,
  enclosure: Promised,
  selfTest: Examination['selfTest'],
): Promise<EnclosureError | undefined> {
  try {
    await selfTest?.(enclosure);
    return undefined;
  } catch (error) {
    if (error instanceof WrongAnswerError) return new EnclosureError(episode, error.message);
    // What has appeared stays: it may well be that only we do not reach ourselves.
    if (error instanceof NoAnswerError && !isNew(episode)) return undefined;
    if (error instanceof NoAnswerError)
      return new EnclosureError(episode, error.message, 'It is tried again for a while.', { mayPass: true });
    throw error;
  }
}

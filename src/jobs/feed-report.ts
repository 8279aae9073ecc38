/** What hosts are shown when they ask how their feed is: what the gate found at its last writing, in its own sentences. */
import { FeedRefusedError, sentence } from '../../publisher/site/gate.ts';
import type { PublishedFeed } from '../../publisher/site/publish-show.ts';
import type { Catalog } from '../catalog/index.ts';

type Shows = Pick<Catalog, 'shows'>;

/** Of one feed; a fault of every episode is one remark. */
const MOST_LINES = 50;

const revisionOf = async ({ shows }: Shows, showId: string) => (await shows.byId(showId))?.feed_revision ?? 0;

export async function noteFeed(catalog: Shows, showId: string, feed: PublishedFeed): Promise<void> {
  const places = new Map<string, number>();
  for (const warning of feed.warnings) {
    const text = sentence(warning);
    places.set(text, (places.get(text) ?? 0) + 1);
  }
  await catalog.shows.noteFeedReport(showId, {
    ...{ revision: await revisionOf(catalog, showId), episodes: feed.episodes.length },
    refusals: feed.leftOut.map(({ message }) => message).slice(0, MOST_LINES),
    remarks: [...places].slice(0, MOST_LINES).map(([text, count]) => ({ text, places: count })),
  });
}

/** Anything but the gate's own refusal is no matter for hosts. */
export async function noteRefusal(catalog: Shows, showId: string, error: unknown): Promise<void> {
  if (!(error instanceof FeedRefusedError)) return;
  const revision = await revisionOf(catalog, showId);
  const refusals = [error.message];
  await catalog.shows.noteFeedReport(showId, { revision, episodes: null, refusals, remarks: [] });
}

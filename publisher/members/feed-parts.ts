/** The common part of members' feeds, from the store: kept in memory, and looked at again when news of it come, and once a second. */
import { text } from 'node:stream/consumers';
import type { MediaStore } from '../media/store.ts';
import { type MembersFeed, membersFeedKey } from '../site/members-feed.ts';

const LOOK_AGAIN_MS = 1_000;
/** The least lately asked for goes first. */
const MOST_SHOWS = 50;

export interface FeedParts {
  /** Undefined while the show has not been written since it has such a feed. */
  of(showId: string): Promise<MembersFeed | undefined>;
  changed(feedKey: string): void;
}

interface Kept {
  etag: string;
  parts: MembersFeed;
  lookedAtMs: number;
}

export function createFeedParts(media: MediaStore, nowMs: () => number = () => performance.now()): FeedParts {
  const kept = new Map<string, Kept>();
  const looking = new Map<string, Promise<MembersFeed | undefined>>();

  async function look(key: string): Promise<MembersFeed | undefined> {
    const before = kept.get(key);
    const object = await media.head(key).catch((error: unknown) => {
      // While the store is away, what stood there last is what there is.
      if (before === undefined) throw error;
      return undefined;
    });
    if (before !== undefined && (object === undefined || object.etag === before.etag)) {
      before.lookedAtMs = nowMs();
      return before.parts;
    }
    const found = object && (await media.read(key));
    if (found === undefined) return undefined;
    const parts = JSON.parse(await text(found.body)) as MembersFeed;
    kept.delete(key);
    kept.set(key, { etag: found.object.etag, parts, lookedAtMs: nowMs() });
    const [oldest] = kept.keys();
    if (kept.size > MOST_SHOWS && oldest !== undefined) kept.delete(oldest);
    return parts;
  }

  return {
    of(showId) {
      const key = membersFeedKey(showId);
      const known = kept.get(key);
      if (known !== undefined && nowMs() - known.lookedAtMs < LOOK_AGAIN_MS)
        return Promise.resolve(known.parts);
      const already = looking.get(key);
      if (already !== undefined) return already;
      const once = look(key).finally(() => looking.delete(key));
      looking.set(key, once);
      return once;
    },
    changed(feedKey) {
      const known = kept.get(feedKey);
      if (known !== undefined) known.lookedAtMs = -Infinity;
    },
  };
}

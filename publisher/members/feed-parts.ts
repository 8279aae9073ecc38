/** The common part of members' feeds, from the store: kept in memory, and looked at again when news of it come, and once a second. */
import { text } from 'node:stream/consumers';
import type { MediaStore } from '../media/store.ts';
import {
  membersArchiveKey,
  type MembersFeed,
  membersFeedKey,
  type MembersPage,
} from '../site/members-feed.ts';

const LOOK_AGAIN_MS = 1_000;
/** The least lately asked for goes first. */
const MOST_PAGES = 50;

export interface FeedParts {
  /** Undefined while the show has not been written since it has such a feed. */
  of(showId: string): Promise<MembersFeed | undefined>;
  /** Undefined where the feed has no such page behind it. */
  archive(showId: string, page: number): Promise<MembersPage | undefined>;
  changed(feedKey: string): void;
}

interface Kept {
  etag: string;
  parts: MembersPage;
  lookedAtMs: number;
}

export function createFeedParts(media: MediaStore, nowMs: () => number = () => performance.now()): FeedParts {
  const kept = new Map<string, Kept>();
  const looking = new Map<string, Promise<MembersPage | undefined>>();

  async function look(key: string): Promise<MembersPage | undefined> {
    const before = kept.get(key);
    let object;
    try {
      object = await media.head(key);
    } catch (error) {
      // While the store is away, what stood there last is what there is.
      if (before === undefined) throw error;
      before.lookedAtMs = nowMs();
      return before.parts;
    }
    if (before !== undefined && object?.etag === before.etag) {
      before.lookedAtMs = nowMs();
      return before.parts;
    }
    const found = object && (await media.read(key));
    kept.delete(key);
    if (found === undefined) return undefined;
    const parts = JSON.parse(await text(found.body)) as MembersPage;
    kept.set(key, { etag: found.object.etag, parts, lookedAtMs: nowMs() });
    const [oldest] = kept.keys();
    if (kept.size > MOST_PAGES && oldest !== undefined) kept.delete(oldest);
    return parts;
  }

  async function page(key: string): Promise<MembersPage | undefined> {
    const known = kept.get(key);
    if (known !== undefined && nowMs() - known.lookedAtMs < LOOK_AGAIN_MS) return known.parts;
    const already = looking.get(key);
    if (already !== undefined) return already;
    const once = look(key).finally(() => looking.delete(key));
    looking.set(key, once);
    return once;
  }

  return {
    of: async (showId) => (await page(membersFeedKey(showId))) as MembersFeed | undefined,
    archive: (showId, number) => page(membersArchiveKey(showId, number)),
    changed(feedKey) {
      // Its archive lies beside it.
      const folder = feedKey.slice(0, feedKey.lastIndexOf('/') + 1);
      for (const [key, each] of kept) if (key.startsWith(folder)) each.lookedAtMs = -Infinity;
    },
  };
}

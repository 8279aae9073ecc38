/** What a member's address is worth, decided from what the catalog knows of it. Pure. */
import type { MemberFeed, Show } from '../../src/catalog/index.ts';

/**
 * `open`: they hold the role. `lapsed`: they do not, and may come back. `gone`: this address never works again. `unknown`:
 * Discord has not been heard for longer than the last word of it holds.
 */
export type Standing = 'open' | 'lapsed' | 'gone' | 'unknown';

/** Discord is asked again when its last word is older. */
export const ASK_AGAIN_MS = 15 * 60_000;

type Known = Pick<MemberFeed, 'state' | 'has_role' | 'checked_at'>;

export function standingOf(
  feed: Known,
  show: Pick<Show, 'members_role_id'>,
  { nowMs, graceMs }: { nowMs: number; graceMs: number },
): Standing {
  if (feed.state !== 'active') return 'gone';
  // A show without such feeds lets nobody in, whoever holds what.
  if (show.members_role_id === null) return 'lapsed';
  if (nowMs - feed.checked_at.getTime() > graceMs) return 'unknown';
  return feed.has_role ? 'open' : 'lapsed';
}

export const mustAsk = (feed: Known, show: Pick<Show, 'members_role_id'>, nowMs: number): boolean =>
  feed.state === 'active' &&
  show.members_role_id !== null &&
  nowMs - feed.checked_at.getTime() > ASK_AGAIN_MS;

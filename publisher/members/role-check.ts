/** Asks Discord what a member holds, once however many ask, and gently while it does not answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MemberFeeds, Membership } from '../../src/catalog/index.ts';

/** Rejects when Discord does not say. `wasHolder`: then whether a ban is why they left is worth a question. */
export type AskDiscord = (guildId: string, userId: string, wasHolder: boolean) => Promise<Membership>;

export interface RoleCheck {
  /** Resolves when the catalog knows, or when that takes too long for whoever waits; never rejects. */
  renew(guildId: string, userId: string, wasHolder: boolean): Promise<void>;
}

/** An app waits longer for a feed; a person would not. */
const WAIT_MS = 2_000;
/** After a failure nobody is asked about for so long: what is known holds meanwhile. */
const PAUSE_MS = 10_000;
const MOST_AT_ONCE = 50;

export function createRoleCheck({
  feeds,
  askDiscord,
  logger,
  nowMs,
}: {
  feeds: Pick<MemberFeeds, 'learn'>;
  askDiscord: AskDiscord;
  logger: Logger;
  nowMs: () => number;
}): RoleCheck {
  const running = new Map<string, Promise<void>>();
  let pausedUntilMs = -Infinity;

  async function ask(guildId: string, userId: string, wasHolder: boolean): Promise<void> {
    // What the gateway tells while the answer is under way is newer than the answer.
    const askedAt = new Date(nowMs());
    try {
      const membership = await askDiscord(guildId, userId, wasHolder);
      await feeds.learn(guildId, userId, membership, askedAt);
    } catch (error) {
      if (nowMs() >= pausedUntilMs)
        logger.warn(
          { err: error, guildId },
          'Discord does not say what a member holds; what is known holds on',
        );
      pausedUntilMs = nowMs() + PAUSE_MS;
    }
  }

  return {
    async renew(guildId, userId, wasHolder) {
      const key = `${guildId} ${userId}`;
      const already = running.get(key);
      if (already === undefined && (nowMs() < pausedUntilMs || running.size >= MOST_AT_ONCE)) return;
      const asking = already ?? ask(guildId, userId, wasHolder).finally(() => running.delete(key));
      running.set(key, asking);
      await Promise.race([asking, sleep(WAIT_MS, undefined, { ref: false })]);
    },
  };
}

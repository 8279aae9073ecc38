/** Who comes in by a token: looked up, asked about where that is due, and counted where it is none. */
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { MemberFeed, Show } from '../../src/catalog/index.ts';
import { clientOf } from '../audience/asked.ts';
import type { TrustedProxies } from '../audience/client-address.ts';
import { createGuessLimit } from './guessing.ts';
import type { MembersOptions } from './options.ts';
import { createRoleCheck } from './role-check.ts';
import { createSharingWatch } from './sharing.ts';
import { mustAsk, type Standing, standingOf } from './standing.ts';
import { hashOfToken } from './token.ts';
import { isUnfurler } from './unfurlers.ts';

export type Entry =
  | { kind: 'nobody' }
  | { kind: 'guessing'; waitSeconds: number }
  | { kind: 'member'; standing: Standing; feed: MemberFeed; show: Show; token: string };

export type Gate = (c: Context, token: string) => Promise<Entry>;

export interface GateOptions {
  members: MembersOptions;
  isTrusted: TrustedProxies;
  logger: Logger;
  nowMs: () => number;
}

export function createGate({ members, isTrusted, logger, nowMs }: GateOptions): Gate {
  const { feeds, askDiscord, graceMs, onShared } = members;
  const guesses = createGuessLimit(nowMs);
  const sharing = createSharingWatch(nowMs);
  const check = askDiscord && createRoleCheck({ feeds, askDiscord, logger, nowMs });

  return async (c, token) => {
    if (isUnfurler(c.req.header('User-Agent'))) return { kind: 'nobody' };
    const address = clientOf(c, isTrusted);
    const hash = hashOfToken(token);
    let found = await feeds.byHash(hash);
    if (found === undefined) {
      // Whoever guesses shuts nobody else behind the same address out.
      const waitSeconds = await guesses.waitSeconds(address);
      if (waitSeconds !== undefined) return { kind: 'guessing', waitSeconds };
      await guesses.wrong(address);
      return { kind: 'nobody' };
    }
    const { guild_id: guildId, id: showId } = found.show;
    const { user_id: userId, has_role: wasHolder } = found.feed;
    if (check !== undefined && userId !== null && mustAsk(found.feed, found.show, nowMs())) {
      await check.renew(guildId, userId, wasHolder);
      found = (await feeds.byHash(hash)) ?? found;
    }
    const { feed, show } = found;
    const standing = standingOf(feed, show, { nowMs: nowMs(), graceMs });
    if (standing === 'open' && userId !== null && sharing.seen(hash, address)) {
      logger.warn({ guildId, showId, userId }, "A member's private address is used from very many networks");
      onShared?.({ guildId, showId, userId });
    }
    return { kind: 'member', standing, feed, show, token };
  };
}

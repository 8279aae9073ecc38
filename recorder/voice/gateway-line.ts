/**
 * The recorder's way to Discord's main gateway, which the application holds: op 4 payloads (join, move, leave) go out
 * through it. `@discordjs/voice` wants an answer at once, so readiness is mirrored here and the rate is limited here.
 */
import { createRateLimit } from './rate-limit.ts';
import type { RateLimit } from './rate-limit.ts';

export interface GatewayLineOptions {
  /** Carries a payload to the guild's shard by way of the application. */
  send: (guildId: string, payload: unknown) => void;
  nowMs: () => number;
}

export interface GatewayLine {
  /** Whether the guild's shard can carry a payload now. */
  ready(guildId: string): boolean;
  setReady(guildId: string, ready: boolean): void;
  /** The application is gone, and every shard with it. */
  lost(): void;
  /** Joins the channel. False when it was not sent: no shard, or too many sends. */
  join(guildId: string, channelId: string): boolean;
  /** Asks for fresh voice credentials of a session that was lost, in turn: false means to try again with the next tick. */
  rejoin(guildId: string, channelId: string): boolean;
  /** Leaves the guild's voice channel, now or as soon as its shard is ready. */
  leave(guildId: string): void;
}

/** Discord closes a gateway connection after 120 sends in 60 s (docs, Gateway, "Rate Limiting"); some are discord.js's own. */
const ALL_SENDS = { limit: 100, windowMs: 60_000 };
const ALL_JOINS = { limit: 60, windowMs: 60_000 };
/** What is lost with a voice server, or a shard, comes back one after the other, and leaves room for who joins or leaves. */
const REJOINS = { limit: 50, windowMs: 60_000 };
const ONE_AFTER_ANOTHER = { limit: 1, windowMs: 200 };
/** Whatever goes wrong with one guild, it does not use up what all of them share. */
const ONE_GUILD = { limit: 4, windowMs: 20_000 };

/** Voice State Update, gateway op 4. We speak to nobody, but must hear: a deafened bot is sent no audio. */
export function voiceStatePayload(guildId: string, channelId: string | null): unknown {
  return { op: 4, d: { guild_id: guildId, channel_id: channelId, self_mute: false, self_deaf: false } };
}

export function createGatewayLine({ send, nowMs }: GatewayLineOptions): GatewayLine {
  const readyGuilds = new Set<string>();
  const toLeave = new Set<string>();
  const everySend = createRateLimit(ALL_SENDS);
  const everyJoin = createRateLimit(ALL_JOINS);
  const rejoins = [createRateLimit(REJOINS), createRateLimit(ONE_AFTER_ANOTHER)];
  const perGuild = new Map<string, RateLimit>();

  function limitOf(guildId: string): RateLimit {
    const known = perGuild.get(guildId);
    if (known !== undefined) return known;
    const limit = createRateLimit(ONE_GUILD);
    perGuild.set(guildId, limit);
    return limit;
  }

  function tryJoin(guildId: string, channelId: string, more: readonly RateLimit[]): boolean {
    // Whoever wants to be in a channel does not want to leave it, sent or not.
    toLeave.delete(guildId);
    if (!readyGuilds.has(guildId)) return false;
    const limits = [limitOf(guildId), everyJoin, everySend, ...more];
    if (!limits.every((limit) => limit.hasRoom(nowMs()))) return false;
    for (const limit of limits) limit.take(nowMs());
    send(guildId, voiceStatePayload(guildId, channelId));
    return true;
  }

  /** Leaving ends a stream of op 4s instead of being one, so only the limit of all sends holds for it. */
  function tryLeave(guildId: string): void {
    if (!readyGuilds.has(guildId) || !everySend.take(nowMs())) return;
    toLeave.delete(guildId);
    send(guildId, voiceStatePayload(guildId, null));
  }

  return {
    ready: (guildId) => readyGuilds.has(guildId),
    setReady(guildId, ready) {
      if (!ready) {
        readyGuilds.delete(guildId);
        return;
      }
      readyGuilds.add(guildId);
      if (toLeave.has(guildId)) tryLeave(guildId);
    },
    lost: () => readyGuilds.clear(),
    join: (guildId, channelId) => tryJoin(guildId, channelId, []),
    rejoin: (guildId, channelId) => tryJoin(guildId, channelId, rejoins),
    leave(guildId) {
      toLeave.add(guildId);
      tryLeave(guildId);
    },
  };
}

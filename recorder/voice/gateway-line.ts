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
  /** False when it was not sent: no shard, or too many sends. To the library that means a lost connection. */
  send(guildId: string, payload: unknown): boolean;
  /** Joins, or moves to, the channel; on a session that lives it asks for fresh voice credentials. */
  join(guildId: string, channelId: string): boolean;
  /** Leaves the guild's voice channel, now or as soon as its shard is ready. */
  leave(guildId: string): void;
}

/** Half of what Discord allows a gateway connection (120 in 60 s): the application sends too. */
const ALL_GUILDS = { limit: 60, windowMs: 60_000 };
/** A voice server that refuses us makes the library send op 4 without pause: four times, then our own backoff decides. */
const ONE_GUILD = { limit: 4, windowMs: 20_000 };

/** Voice State Update, gateway op 4. We speak to nobody, but must hear: a deafened bot is sent no audio. */
export function voiceStatePayload(guildId: string, channelId: string | null): unknown {
  return { op: 4, d: { guild_id: guildId, channel_id: channelId, self_mute: false, self_deaf: false } };
}

export function createGatewayLine({ send, nowMs }: GatewayLineOptions): GatewayLine {
  const readyGuilds = new Set<string>();
  const toLeave = new Set<string>();
  const everyGuild = createRateLimit(ALL_GUILDS);
  const perGuild = new Map<string, RateLimit>();

  function limitOf(guildId: string): RateLimit {
    const known = perGuild.get(guildId);
    if (known !== undefined) return known;
    const limit = createRateLimit(ONE_GUILD);
    perGuild.set(guildId, limit);
    return limit;
  }

  function trySend(guildId: string, payload: unknown): boolean {
    if (!readyGuilds.has(guildId)) return false;
    if (!limitOf(guildId).take(nowMs()) || !everyGuild.take(nowMs())) return false;
    send(guildId, payload);
    return true;
  }

  /** Leaving ends a stream of op 4s instead of being one, so only the limit of all guilds holds for it. */
  function tryLeave(guildId: string): void {
    if (!readyGuilds.has(guildId) || !everyGuild.take(nowMs())) return;
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
    send: trySend,
    join(guildId, channelId) {
      toLeave.delete(guildId);
      return trySend(guildId, voiceStatePayload(guildId, channelId));
    },
    leave(guildId) {
      toLeave.add(guildId);
      tryLeave(guildId);
    },
  };
}

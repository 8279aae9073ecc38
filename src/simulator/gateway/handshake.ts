/** The start of a gateway connection: who identifies, or resumes what, and what they are told first. */
import { randomUUID } from 'node:crypto';
import {
  GatewayCloseCodes as Close,
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayIdentifyData,
  type GatewayResumeData,
} from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { wireGuildCreate } from '../state/wire.ts';
import type { World } from '../state/world.ts';
import { areKnown, covers } from './intents.ts';
import { createSession, type GatewaySession } from './session.ts';

/** A session, a close code that refuses it, or `invalid`: op 9, identify anew. */
export type Handshake = GatewaySession | { close: Close; reason: string } | 'invalid';

export function identify(
  { world, url, socket }: { world: World; url: string; socket: WebSocket },
  { token, intents, shard = [0, 1] }: GatewayIdentifyData,
): Handshake {
  const bot = world.bots.get(token);
  if (bot === undefined) return { close: Close.AuthenticationFailed, reason: 'Authentication failed.' };
  if (!areKnown(intents)) return { close: Close.InvalidIntents, reason: 'Invalid intent(s).' };
  if ((intents & ~bot.allowedIntents) !== 0)
    return { close: Close.DisallowedIntents, reason: 'Disallowed intent(s).' };
  const session = createSession(randomUUID().replaceAll('-', ''), bot, intents, socket);
  session.dispatch(GatewayDispatchEvents.Ready, {
    v: 10,
    user: bot.user,
    guilds: [...bot.guildIds].map((id) => ({ id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: url,
    shard,
    application: { id: bot.applicationId, flags: 0 },
  });
  if (!covers(intents, GatewayDispatchEvents.GuildCreate)) return session;
  for (const guildId of bot.guildIds) {
    const guild = world.guilds.get(guildId);
    if (guild === undefined) continue;
    const everyMember = (intents & GatewayIntentBits.GuildPresences) !== 0;
    const joinedAt = guild.members.get(bot.user.id)?.joinedAt ?? '';
    session.dispatch(
      GatewayDispatchEvents.GuildCreate,
      wireGuildCreate(guild, { joinedAt, everyMember, botId: bot.user.id }),
    );
  }
  return session;
}

/** Takes the session over and replays what was missed, then RESUMED. */
export function resume(
  sessions: ReadonlyMap<string, GatewaySession>,
  socket: WebSocket,
  { token, session_id: id, seq }: GatewayResumeData,
): Handshake {
  const session = sessions.get(id);
  if (session?.bot.token !== token) return 'invalid';
  if (seq > session.sequence()) return { close: Close.InvalidSeq, reason: 'Invalid seq.' };
  const missed = session.missedSince(seq);
  if (missed === undefined) return 'invalid';
  session.takeOver(socket);
  for (const text of missed) socket.send(text);
  session.dispatch(GatewayDispatchEvents.Resumed, {});
  return session;
}

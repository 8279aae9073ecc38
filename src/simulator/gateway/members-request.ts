/** Op 8: members of a guild, in chunks. */
import {
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayRequestGuildMembersData,
} from 'discord-api-types/v10';
import { wireMember } from '../state/wire.ts';
import type { World } from '../state/world.ts';
import type { GatewaySession } from './session.ts';

/** Docs, "Guild Members Chunk": up to 1000 members a chunk. */
const CHUNK = 1000;

export function answerMembersRequest(
  world: World,
  session: GatewaySession,
  request: GatewayRequestGuildMembersData,
): void {
  const guild = world.guilds.get(request.guild_id);
  if (guild === undefined || !session.bot.guildIds.has(guild.id)) return;
  const everybody = [...guild.members.values()];
  const wanted = 'user_ids' in request ? [request.user_ids].flat() : undefined;
  const query = ('query' in request ? request.query : undefined) ?? '';
  // Docs, "Request Guild Members": the whole list only with GUILD_MEMBERS.
  if (wanted === undefined && query === '' && (session.intents & GatewayIntentBits.GuildMembers) === 0)
    return;
  const named = everybody.filter(({ user, nick }) =>
    wanted ? wanted.includes(user.id) : (nick ?? user.username).toLowerCase().startsWith(query.toLowerCase()),
  );
  const limit = 'limit' in request ? request.limit : 0;
  const found = limit > 0 ? named.slice(0, limit) : named;
  const chunks = Math.max(1, Math.ceil(found.length / CHUNK));
  for (let index = 0; index < chunks; index += 1)
    session.dispatch(GatewayDispatchEvents.GuildMembersChunk, {
      guild_id: guild.id,
      members: found.slice(index * CHUNK, (index + 1) * CHUNK).map(wireMember),
      chunk_index: index,
      chunk_count: chunks,
      not_found: (wanted ?? []).filter((id) => !guild.members.has(id)),
      nonce: request.nonce,
    });
}

/** After a start: sessions that outlived the application before this one go on; those that came to nothing are closed. */
import { RESTJSONErrorCodes, type Guild } from 'discord.js';
import type { SessionStatus } from '../../../recorder/protocol.ts';
import type { BotContext } from '../context.ts';
import { findMessage } from '../panels/find-message.ts';
import { isDiscordCode } from '../user-error.ts';
import { ABOUT_BUTTON, takeNoticeBack } from './notice.ts';
import { peopleIn } from './people.ts';

/**
 * Opens the way to the gateway again, tells the recorder the names it needs, and what it could not hear of meanwhile: that
 * a moderator moved the bot, that the channel was deleted, that the bot was removed from the server.
 */
export async function resume(
  { client, bridge, recorder }: BotContext,
  session: SessionStatus,
): Promise<void> {
  const { sessionId, guildId, channelId } = session;
  const guild = client.guilds.cache.get(guildId);
  if (guild === undefined) {
    // In an outage it is there, and not available.
    recorder.gone(guildId);
    return;
  }
  const voice = guild.members.me?.voice;
  // Before the shard counts as ready: the recorder asks for the channel that it knows.
  if (voice && voice.channelId !== null && voice.channelId !== channelId)
    recorder.voiceState(guildId, {
      ...{ user_id: client.user.id, channel_id: voice.channelId, session_id: voice.sessionId ?? '' },
      deaf: voice.serverDeaf ?? false,
    });
  bridge.open(guild);
  const channel = guild.channels.cache.get(channelId);
  if (channel?.isVoiceBased()) for (const person of peopleIn(channel)) recorder.person(sessionId, person);
  if (channel === undefined && guild.available && (await isDeleted(guild, channelId)))
    recorder.gone(guildId, channelId);
}

/**
 * A gateway session that begins anew brings no word of servers that the bot was removed from meanwhile; discord.js keeps
 * them as they were.
 */
export async function leaveIfRemoved({ client, recorder }: BotContext, guildId: string): Promise<void> {
  try {
    await client.guilds.fetch({ guild: guildId, force: true });
  } catch (error) {
    if (!isDiscordCode(error, RESTJSONErrorCodes.UnknownGuild, RESTJSONErrorCodes.MissingAccess)) throw error;
    recorder.gone(guildId);
  }
}

/** Discord's own word: what a bot may not see, it may not be told of either. */
const isDeleted = (guild: Guild, channelId: string): Promise<boolean> =>
  guild.channels.fetch(channelId, { force: true }).then(
    () => false,
    (error: unknown) => isDiscordCode(error, RESTJSONErrorCodes.UnknownChannel),
  );

/**
 * Sessions that the catalog believes to be running but of which the recorder knows nothing: the application before this one
 * ended between telling people and starting. Nothing was recorded, and the notice must not say otherwise.
 */
export async function closeUnborn(
  { catalog }: BotContext,
  guild: Guild,
  known: readonly { sessionId: string }[],
): Promise<void> {
  const ids = new Set(known.map(({ sessionId }) => sessionId));
  for (const session of await catalog.sessions.listLive(guild.id)) {
    if (ids.has(session.id)) continue;
    await catalog.sessions.fail(session.id, new Date());
    const channel = guild.channels.cache.get(session.channel_id);
    if (!channel?.isVoiceBased()) continue;
    const sinceMs = session.started_at.getTime() - 60_000;
    const notice = await findMessage(channel, `${ABOUT_BUTTON}${session.id}`, sinceMs);
    if (notice)
      await takeNoticeBack(channel, {
        channelId: channel.id,
        messageId: notice.id,
        atMs: notice.createdTimestamp,
      });
  }
}

/** After a start: sessions that outlived the application before this one go on; those that came to nothing are closed. */
import type { Guild } from 'discord.js';
import type { SessionStatus } from '../../../recorder/protocol.ts';
import type { BotContext } from '../context.ts';
import { findMessage } from '../panels/find-message.ts';
import { ABOUT_BUTTON, takeNoticeBack } from './notice.ts';
import { peopleIn } from './people.ts';

/** Opens the way to the gateway again, and tells the recorder the names it needs. */
export function resume({ client, bridge, recorder }: BotContext, session: SessionStatus): void {
  const guild = client.guilds.cache.get(session.guildId);
  if (guild === undefined) return;
  bridge.open(guild);
  const channel = guild.channels.cache.get(session.channelId);
  if (channel?.isVoiceBased())
    for (const person of peopleIn(channel)) recorder.person(session.sessionId, person);
}

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

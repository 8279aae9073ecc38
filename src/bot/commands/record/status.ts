/** `/record status`: the running recording, or what is planned next. */
import type { SessionStatus } from '../../../../recorder/protocol.ts';
import { plain } from '../../plain-text.ts';
import { peopleIn } from '../../recording/people.ts';
import { eventOf } from '../../webinars/discord-event.ts';
import type { Call, Command } from '../command.ts';
import { statusEmbed } from './status-view.ts';

async function idleText({ catalog, guild, texts }: Call): Promise<string> {
  const [next] = await catalog.webinars.listFor(guild.id, { states: ['scheduled'] });
  if (next === undefined) return texts.record.idle;
  const event = await eventOf(guild, next);
  const { webinar: say } = texts;
  return [
    texts.record.idle,
    say.next(plain(next.title), Math.floor(next.starts_at.getTime() / 1000), `<#${next.channel_id}>`),
    ...(event?.userCount ? [say.interested(event.userCount)] : []),
  ].join('\n');
}

/** Those who opted out, or asked to be forgotten, and are in the channel or were heard before they did. */
async function optedOutOf(live: SessionStatus, { catalog, guild }: Call): Promise<string[]> {
  const refusing = new Set([...(await catalog.members.refusing(guild.id)), ...(live.refusedUserIds ?? [])]);
  const channel = guild.channels.cache.get(live.channelId);
  const present = channel?.isVoiceBased() ? peopleIn(channel) : [];
  const names = new Map(
    [...live.speakers, ...present].map(({ userId, displayName }) => [userId, displayName]),
  );
  return [...refusing].flatMap((userId) => names.get(userId) ?? []);
}

export const recordStatus: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, recorder, texts } = call;
    const live = recorder.liveIn(guild.id);
    if (live === undefined) {
      await interaction.editReply(await idleText(call));
      return;
    }
    const session = await catalog.sessions.byId(live.sessionId);
    const webinar = session?.webinar_id && (await catalog.webinars.ofGuild(guild.id, session.webinar_id));
    const event = webinar ? await eventOf(guild, webinar) : null;
    const interested = event?.userCount || undefined;
    const optedOut = await optedOutOf(live, call);
    const input = { live, startedByUserId: session?.started_by, interested, optedOut };
    const embed = statusEmbed(input, texts);
    await interaction.editReply({ embeds: [embed] });
  },
};

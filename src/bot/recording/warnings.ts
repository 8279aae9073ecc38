/** What the recorder warns of, told to the host where the host will read it: in the chat of the channel. */
import type { VoiceBasedChannel } from 'discord.js';
import { textsFor, type Texts } from '../../../templates/messages/index.ts';
import type { Session } from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import { closeNotice, tellPeople } from './notice.ts';
import { peopleIn } from './people.ts';

/** Once in this time and session; the disk refuses every file of a recording, one after the other. */
const AGAIN_AFTER_MS = 10 * 60_000;

/** What keeps the bot from hearing; each ends with `hearing` or `quiet`, and may come again soon after. */
const UNHEARD = ['server-deaf', 'deaf', 'undecryptable'];
const ENDS = ['hearing', 'quiet'];
const UNHEARD_AGAIN_AFTER_MS = 60_000;

/** Undefined for what a host cannot mend: it stands in the log and in `/record status`. */
export function warningText(code: string, host: string, { warning: say }: Texts): string | undefined {
  switch (code) {
    case 'server-deaf':
      return say.deaf(host);
    case 'deaf':
      return say.unheard(host);
    case 'undecryptable':
    case 'hearing':
    case 'quiet':
    case 'disk':
      return say[code](host);
    case 'disk-low-30':
      return say.diskLow(host, 30);
    case 'disk-low-10':
      return say.diskLow(host, 10);
    default:
      return undefined;
  }
}

export function createWarnings(
  context: BotContext,
): (sessionId: string, code: string, detail: string) => Promise<void> {
  const { catalog, client, recorder, notices } = context;
  const toldAtMs = new Map<string, number>();

  /** A moderator dragged the bot elsewhere: the people there have not been told yet, and those here are free again. */
  async function moved(channel: VoiceBasedChannel, session: Session): Promise<void> {
    const { id: sessionId, title, started_by: startedByUserId, started_at, channel_id } = session;
    const subject = { sessionId, title, startedByUserId };
    const before = notices.get(sessionId);
    const notice = await tellPeople(channel, subject);
    notices.set(sessionId, notice);
    const people = peopleIn(channel);
    for (const person of people) recorder.person(sessionId, person);
    const userIds = people.map(({ userId }) => userId);
    recorder.told(sessionId, notice, userIds, true);
    const left = channel.guild.channels.cache.get(before?.channelId ?? channel_id);
    const end = { ...subject, startedAtMs: started_at.getTime(), endedAtMs: Date.now() };
    if (left?.isVoiceBased()) await closeNotice(left, end, before);
  }

  function isNews(sessionId: string, code: string): boolean {
    if (code === 'moved') return true;
    const agoMs = (of: string): number => Date.now() - (toldAtMs.get(`${sessionId} ${of}`) ?? -Infinity);
    // The end of a trouble is news to those who were told of it.
    if (ENDS.includes(code)) {
      return UNHEARD.some((trouble) => ENDS.every((end) => agoMs(trouble) < agoMs(end)));
    }
    return agoMs(code) > (UNHEARD.includes(code) ? UNHEARD_AGAIN_AFTER_MS : AGAIN_AFTER_MS);
  }

  return async (sessionId, code, detail) => {
    context.logger.warn({ sessionId, code, detail }, 'the recorder warns');
    if (!isNews(sessionId, code)) return;
    const session = await catalog.sessions.byId(sessionId);
    if (session === undefined) return;
    const channelId = code === 'moved' ? detail : session.channel_id;
    const channel = client.guilds.cache.get(session.guild_id)?.channels.cache.get(channelId);
    if (!channel?.isVoiceBased()) return;
    const texts = textsFor(channel.guild.preferredLocale);
    const host = `<@${session.started_by}>`;
    const content = warningText(code, host, texts);
    if (code !== 'moved' && content === undefined) return;
    toldAtMs.set(`${sessionId} ${code}`, Date.now());
    if (content === undefined) await moved(channel, session);
    else await channel.send({ content, allowedMentions: { users: [session.started_by] } });
  };
}

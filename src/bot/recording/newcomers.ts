/**
 * Whoever can be heard from now on is told that this channel is recorded: who comes into a voice channel, who steps onto a
 * stage. By name, since an edit tells nobody; together, when several come; and one message at a time, the last one.
 */
import type { VoiceState } from 'discord.js';
import type { SealedSession } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { closePassing, noticeOf } from './notice.ts';

export interface Newcomers {
  /** Somebody's voice state has changed. */
  onVoiceState(before: VoiceState, after: VoiceState): void;
  close(): void;
}

/** People come in bursts; a message each would be noise. */
const TOGETHER_MS = 2_000;
/** Mentions in one message; a crowd reads the notice itself. */
const MENTIONED = 50;

/** Whether this person can be heard in that channel now, and could not before. Pure. */
export function becomesAudible(
  before: Pick<VoiceState, 'channelId' | 'suppress'>,
  after: Pick<VoiceState, 'channelId' | 'suppress'>,
  channelId: string,
): boolean {
  const audible = (state: typeof before) => state.channelId === channelId && state.suppress !== true;
  return audible(after) && !audible(before);
}

export function createNewcomers(
  { client, catalog, recorder, background }: BotContext,
  togetherMs = TOGETHER_MS,
): Newcomers {
  const waiting = new Map<string, { userIds: Set<string>; timer: NodeJS.Timeout }>();
  /** The last message of each session. */
  const told = new Map<string, { channelId: string; messageId: string }>();

  async function tell(guildId: string, sessionId: string, userIds: readonly string[]): Promise<void> {
    const live = recorder.liveIn(guildId);
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(live?.channelId ?? '');
    if (live?.sessionId !== sessionId || live.untold === true || !channel?.isVoiceBased()) return;
    const refusing = new Set(await catalog.members.refusing(guildId));
    // Whoever has left, and whoever the notice of a move has told meanwhile, needs no word.
    const isHere = (userId: string) => {
      const state = channel.guild.voiceStates.cache.get(userId);
      return state?.channelId === channel.id && state.suppress !== true;
    };
    const users = userIds.filter((userId) => isHere(userId) && !refusing.has(userId)).slice(0, MENTIONED);
    if (users.length === 0) return;
    const { notice: say } = textsFor(channel.guild.preferredLocale);
    const content = say.newcomers(users.map((userId) => `<@${userId}>`));
    const message = await channel.send({ content, allowedMentions: { users } });
    const notice = noticeOf(message);
    recorder.told(sessionId, notice, users);
    const former = told.get(sessionId);
    told.set(sessionId, notice);
    // Somebody else may have removed it.
    if (former?.channelId === channel.id)
      await channel.messages.delete(former.messageId).catch(() => undefined);
  }

  /** Nobody is recorded any more where this was said. */
  const onWarning = (sessionId: string, code: string): void => {
    const former = told.get(sessionId);
    const channel = client.channels.cache.get(former?.channelId ?? '');
    if (code !== 'moved' || former === undefined || !channel?.isVoiceBased()) return;
    background.run('a notice still says that a recording runs', () =>
      closePassing(channel, former.messageId),
    );
  };
  const onSealed = ({ sessionId }: SealedSession): void => void told.delete(sessionId);
  recorder.events.on('warning', onWarning);
  recorder.events.on('sealed', onSealed);

  return {
    onVoiceState(before, after) {
      const guildId = after.guild.id;
      const live = recorder.liveIn(guildId);
      // After a move the notice itself is still to come.
      if (live === undefined || live.untold === true || after.member?.user.bot !== false) return;
      if (!becomesAudible(before, after, live.channelId)) return;
      const { sessionId } = live;
      const known = waiting.get(sessionId);
      if (known) {
        known.userIds.add(after.id);
        return;
      }
      const userIds = new Set([after.id]);
      const timer = setTimeout(() => {
        waiting.delete(sessionId);
        background.run('newcomers were not told that they are recorded', () =>
          tell(guildId, sessionId, [...userIds]),
        );
      }, togetherMs);
      waiting.set(sessionId, { userIds, timer });
    },
    close() {
      recorder.events.off('warning', onWarning);
      recorder.events.off('sealed', onSealed);
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

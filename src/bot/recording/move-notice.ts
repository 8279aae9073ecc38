/** The two notices of a move: the one that is over, and the one that tells the people in the new channel. */
import type { BotContext } from '../context.ts';
import { LABELS, lackingIn, TO_RECORD } from '../permissions.ts';
import { closeNotice, tellPeople, type NoticeEnd } from './notice.ts';
import { peopleIn } from './people.ts';

export interface Moved extends Omit<NoticeEnd, 'endedAtMs'> {
  guildId: string;
  channelId: string;
  /** Where it began. */
  firstChannelId: string | undefined;
}

export interface MoveNotice {
  /** Throws when neither the recorder nor the catalog knows the session. */
  moveOf(sessionId: string, channelId: string): Promise<Moved>;
  /** @param formerIds - where it may have been, of a session whose notice an earlier process posted */
  freeFormer(moved: Moved, formerIds: readonly (string | undefined)[]): Promise<void>;
  /** False where Discord does not let it. Taken back when the move was overtaken meanwhile. */
  tell(moved: Moved, signal: AbortSignal): Promise<boolean>;
  /** What the bot lacks to tell the people there, by the names that Discord shows. */
  lacking(moved: Moved): string[];
}

export function createMoveNotice(context: BotContext): MoveNotice {
  const { catalog, client, recorder, notices, logger } = context;

  const channelOf = (guildId: string, channelId: string | undefined) => {
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(channelId ?? '');
    return channel?.isVoiceBased() ? channel : undefined;
  };

  return {
    async moveOf(sessionId, channelId) {
      const session = await catalog.sessions.byId(sessionId);
      const live = recorder.live().find((each) => each.sessionId === sessionId);
      const guildId = live?.guildId ?? session?.guild_id;
      if (guildId === undefined) throw new Error('neither the recorder nor the catalog knows the session');
      return {
        ...{ sessionId, guildId, channelId, firstChannelId: session?.channel_id },
        title: session?.title ?? live?.title ?? '',
        // As of every session that the catalog has forgotten.
        startedByUserId: session?.started_by ?? client.user.id,
        startedAtMs: live?.startedAtMs ?? session?.started_at.getTime() ?? Date.now(),
      };
    },

    async freeFormer(moved, formerIds) {
      const { sessionId, guildId, channelId } = moved;
      const before = notices.get(sessionId);
      const formerId = before?.channelId ?? formerIds.find((id) => id !== undefined && id !== channelId);
      const left = channelOf(guildId, formerId);
      if (before?.over === true || left === undefined) return;
      if (before) notices.set(sessionId, { ...before, over: true });
      await closeNotice(left, { ...moved, endedAtMs: Date.now() }, before);
    },

    async tell(moved, signal) {
      const { sessionId, guildId, channelId } = moved;
      const channel = channelOf(guildId, channelId);
      if (channel === undefined || lackingIn(channel, TO_RECORD).length > 0) return false;
      const notice = await tellPeople(channel, moved).catch((error: unknown) => {
        logger.warn({ err: error, sessionId, channelId }, 'people could not be told of a recording yet');
      });
      if (notice === undefined) return false;
      if (signal.aborted) {
        await closeNotice(channel, { ...moved, endedAtMs: Date.now() }, notice);
        return true;
      }
      notices.set(sessionId, notice);
      const people = peopleIn(channel);
      for (const person of people) recorder.person(sessionId, person);
      const userIds = people.map(({ userId }) => userId);
      recorder.told(sessionId, notice, userIds, true);
      return true;
    },

    lacking({ guildId, channelId }) {
      const channel = channelOf(guildId, channelId);
      return channel === undefined ? [] : lackingIn(channel, TO_RECORD).map((name) => LABELS[name]);
    },
  };
}

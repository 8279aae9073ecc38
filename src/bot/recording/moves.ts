/**
 * A moderator dragged the bot elsewhere: those it left are free again, and the people there are told, before anything of
 * them is kept. Where Discord does not take the notice, the host is asked for help, and it is tried again; a recording
 * that can tell nobody ends after a while, because otherwise it would run on for nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SealedSession } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { LABELS, lackingIn, TO_RECORD } from '../permissions.ts';
import { closeNotice, tellPeople, type NoticeEnd } from './notice.ts';
import { peopleIn } from './people.ts';
import { reachHost } from './reach-host.ts';
import type { Recordings } from './recordings.ts';

export interface Moves {
  /** The bot is in this channel now, where nobody was told. Said again while that is under way it changes nothing. */
  follow(sessionId: string, channelId: string): void;
  close(): void;
}

export interface MoveLimits {
  retryMs: number;
  /** After this long without a notice the recording ends. */
  limitMs: number;
}

const LIMITS: MoveLimits = { retryMs: 5_000, limitMs: 10 * 60_000 };

interface Moved extends Omit<NoticeEnd, 'endedAtMs'> {
  guildId: string;
  channelId: string;
  /** Where it began. */
  firstChannelId: string | undefined;
}

export function createMoves(
  context: BotContext,
  stop: Recordings['stop'],
  { retryMs, limitMs }: MoveLimits = LIMITS,
): Moves {
  const { catalog, client, recorder, notices, background, logger } = context;
  const underWay = new Map<string, { channelId: string; abort: AbortController }>();

  const channelOf = (guildId: string, channelId: string | undefined) => {
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(channelId ?? '');
    return channel?.isVoiceBased() ? channel : undefined;
  };

  async function moveOf(sessionId: string, channelId: string): Promise<Moved | undefined> {
    const session = await catalog.sessions.byId(sessionId);
    const live = recorder.live().find((each) => each.sessionId === sessionId);
    const guildId = live?.guildId ?? session?.guild_id;
    if (guildId === undefined) return undefined;
    return {
      ...{ sessionId, guildId, channelId, firstChannelId: session?.channel_id },
      title: session?.title ?? live?.title ?? '',
      // As of every session that the catalog has forgotten.
      startedByUserId: session?.started_by ?? client.user.id,
      startedAtMs: live?.startedAtMs ?? session?.started_at.getTime() ?? Date.now(),
    };
  }

  async function freeFormer(moved: Moved): Promise<void> {
    const { sessionId, guildId, channelId, firstChannelId } = moved;
    const before = notices.get(sessionId);
    // Of a notice before this process only the channel is known; in the present one there may be two.
    const isUnknown = before === undefined && firstChannelId === channelId;
    const left = channelOf(guildId, before?.channelId ?? firstChannelId);
    if (before?.over === true || isUnknown || left === undefined) return;
    if (before) notices.set(sessionId, { ...before, over: true });
    await closeNotice(left, { ...moved, endedAtMs: Date.now() }, before);
  }

  /** False where Discord does not let it. */
  async function tell(moved: Moved, signal: AbortSignal): Promise<boolean> {
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
    const people = peopleIn(channel).filter(({ userId }) => userId !== client.user.id);
    for (const person of people) recorder.person(sessionId, person);
    recorder.told(
      sessionId,
      notice,
      people.map(({ userId }) => userId),
      true,
    );
    return true;
  }

  function say(moved: Moved, words: (texts: Texts, host: string) => string): void {
    const { sessionId, guildId, channelId, firstChannelId, startedByUserId: userId } = moved;
    const channelIds = [notices.get(sessionId)?.channelId, firstChannelId].filter((id) => id !== channelId);
    const message = (texts: Texts) => ({ content: words(texts, `<@${userId}>`) });
    background.run(
      'a host was not told how a move went',
      () => reachHost(context, { guildId, channelIds, userId, message }),
      { sessionId },
    );
  }

  function complain(moved: Moved, endsAtMs: number): void {
    const channel = channelOf(moved.guildId, moved.channelId);
    const lacking = channel === undefined ? [] : lackingIn(channel, TO_RECORD);
    const names = lacking.map((name) => LABELS[name]);
    const endsAt = Math.ceil(endsAtMs / 1000);
    say(moved, ({ warning }, host) => warning.untold(host, `<#${moved.channelId}>`, names, endsAt));
  }

  async function untilTold(moved: Moved, signal: AbortSignal): Promise<void> {
    const { sessionId, channelId } = moved;
    const endsAtMs = Date.now() + limitMs;
    for (let tries = 0; !signal.aborted; tries += 1) {
      if (await tell(moved, signal)) {
        if (tries > 0) say(moved, ({ warning }, host) => warning.toldAtLast(host, `<#${channelId}>`));
        return;
      }
      if (tries === 0) complain(moved, endsAtMs);
      const leftMs = endsAtMs - Date.now();
      if (leftMs <= 0) {
        logger.warn({ sessionId, channelId }, 'a recording ends because people could not be told of it');
        await stop(sessionId, 'untold');
        return;
      }
      await sleep(Math.min(retryMs, leftMs), undefined, { signal }).catch(() => undefined);
    }
  }

  const onSealed = ({ sessionId }: Pick<SealedSession, 'sessionId'>): void => {
    underWay.get(sessionId)?.abort.abort();
    underWay.delete(sessionId);
  };
  recorder.events.on('sealed', onSealed);

  return {
    follow(sessionId, channelId) {
      const before = underWay.get(sessionId);
      if (before?.channelId === channelId) return;
      before?.abort.abort();
      const abort = new AbortController();
      const mine = { channelId, abort };
      underWay.set(sessionId, mine);
      const work = async (): Promise<void> => {
        const moved = await moveOf(sessionId, channelId);
        if (moved === undefined) throw new Error('neither the recorder nor the catalog knows the session');
        background.run('a notice still says that a recording runs', () => freeFormer(moved), { sessionId });
        await untilTold(moved, abort.signal);
      };
      background.run(
        'people were not told of a recording after a move',
        () =>
          work().finally(() => {
            if (underWay.get(sessionId) === mine) underWay.delete(sessionId);
          }),
        { sessionId },
      );
    },
    close() {
      recorder.events.off('sealed', onSealed);
      for (const { abort } of underWay.values()) abort.abort();
    },
  };
}

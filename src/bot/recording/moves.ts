/**
 * A moderator dragged the bot elsewhere: those it left are free again, and the people there are told, before anything of
 * them is kept. Where Discord does not take the notice, the host is asked for help, and it is tried again; a recording
 * that can tell nobody ends after a while, because otherwise it would run on for nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SealedSession, SessionStatus } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { createMoveNotice, type Moved } from './move-notice.ts';
import { reachHost } from './reach-host.ts';
import type { Recordings } from './recordings.ts';

export interface Moves {
  /** The bot is in this channel now, where nobody was told. Said again while that is under way it changes nothing. */
  follow(sessionId: string, channelId: string): void;
  /** A session of an application before this one, which may not have told anybody yet. */
  takeUp(live: SessionStatus): void;
  close(): void;
}

export interface MoveLimits {
  retryMs: number;
  /** After this long without a notice the recording ends. */
  limitMs: number;
}

const LIMITS: MoveLimits = { retryMs: 5_000, limitMs: 10 * 60_000 };

export function createMoves(
  context: BotContext,
  stop: Recordings['stop'],
  { retryMs, limitMs }: MoveLimits = LIMITS,
): Moves {
  const { recorder, notices, background, logger } = context;
  const chat = createMoveNotice(context);
  const underWay = new Map<string, { channelId: string; abort: AbortController }>();
  /** Where the sessions of an application before this one were when it began. */
  const takenUpIn = new Map<string, string>();

  function say(moved: Moved, words: (texts: Texts, host: string) => string): void {
    const { sessionId, guildId, channelId, firstChannelId, startedByUserId: userId } = moved;
    const known = [notices.get(sessionId)?.channelId, takenUpIn.get(sessionId), firstChannelId];
    const channelIds = known.filter((id) => id !== channelId);
    const message = (texts: Texts) => ({ content: words(texts, `<@${userId}>`) });
    background.run(
      'a host was not told how a move went',
      () => reachHost(context, { guildId, channelIds, userId, message }),
      { sessionId },
    );
  }

  async function untilTold(moved: Moved, signal: AbortSignal): Promise<void> {
    const { sessionId, channelId } = moved;
    const where = `<#${channelId}>`;
    const endsAtMs = Date.now() + limitMs;
    const endsAt = Math.ceil(endsAtMs / 1000);
    for (let tries = 0; !signal.aborted; tries += 1) {
      if (await chat.tell(moved, signal)) {
        if (tries > 0) say(moved, ({ warning }, host) => warning.toldAtLast(host, where));
        return;
      }
      if (tries === 0)
        say(moved, ({ warning }, host) => warning.untold(host, where, chat.lacking(moved), endsAt));
      const leftMs = endsAtMs - Date.now();
      if (leftMs <= 0) {
        logger.warn({ sessionId, channelId }, 'a recording ends because people could not be told of it');
        await stop(sessionId, 'untold');
        return;
      }
      await sleep(Math.min(retryMs, leftMs), undefined, { signal }).catch(() => undefined);
    }
  }

  async function goAlong(sessionId: string, channelId: string, signal: AbortSignal): Promise<void> {
    const moved = await chat.moveOf(sessionId, channelId);
    const formerIds = [takenUpIn.get(sessionId), moved.firstChannelId];
    background.run('a notice still says that a recording runs', () => chat.freeFormer(moved, formerIds), {
      sessionId,
    });
    await untilTold(moved, signal);
  }

  function follow(sessionId: string, channelId: string): void {
    const before = underWay.get(sessionId);
    if (before?.channelId === channelId) return;
    before?.abort.abort();
    const mine = { channelId, abort: new AbortController() };
    underWay.set(sessionId, mine);
    const work = (): Promise<void> =>
      goAlong(sessionId, channelId, mine.abort.signal).finally(() => {
        if (underWay.get(sessionId) === mine) underWay.delete(sessionId);
      });
    background.run('people were not told of a recording after a move', work, { sessionId });
  }

  const onSealed = ({ sessionId }: SealedSession): void => {
    underWay.get(sessionId)?.abort.abort();
    underWay.delete(sessionId);
    takenUpIn.delete(sessionId);
  };
  recorder.events.on('sealed', onSealed);

  return {
    follow,
    takeUp({ sessionId, channelId, untold }) {
      takenUpIn.set(sessionId, channelId);
      if (untold === true) follow(sessionId, channelId);
    },
    close() {
      recorder.events.off('sealed', onSealed);
      for (const { abort } of underWay.values()) abort.abort();
    },
  };
}

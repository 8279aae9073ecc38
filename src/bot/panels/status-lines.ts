/** Keeps the last line of each live session's notice true, edited in place; found again after a restart of the bot. */
import type { Message } from 'discord.js';
import type { Notice, SealedSession, SessionStatus } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { ABOUT_BUTTON } from '../recording/notice.ts';
import {
  ALL_IS_WELL,
  sessionLine,
  standingAfter,
  troubleOf,
  withLine,
  withoutLine,
  type Standing,
} from '../recording/session-line.ts';
import { isMessageGone } from '../ordinary.ts';
import { findMessage } from './find-message.ts';
import { pacedEdits, type PacedEdits } from './paced-edits.ts';

/** A connection that comes and goes must not use up what Discord allows a message that is older than an hour (30046). */
const EVERY_MS = 2_000;
/** A disk that refused a file and is silent for so long takes them again. */
const REFUSED_FOR_MS = 60_000;

interface Line {
  messageId: string;
  /** What the notice says, without a line. */
  text: string;
  /** As Discord had it when it was read. */
  content: string;
  /** Something else was shown meanwhile, or is about to be. */
  edited: boolean;
  standing: Standing;
  edits: PacedEdits<string>;
}

export interface StatusLines {
  /** Looks for the notice of a session that an application before this one began. */
  takeUp(session: SessionStatus): Promise<void>;
  close(): Promise<void>;
}

export function createStatusLines(context: BotContext): StatusLines {
  const { client, recorder, notices, background, logger } = context;
  const lines = new Map<string, Line>();
  /** The message that was asked for, by session: once, because a notice may be gone or not readable. */
  const asked = new Map<string, string>();
  const diskRefusedAtMs = new Map<string, number>();

  const channelOf = ({ guildId, channelId }: Pick<SessionStatus, 'guildId' | 'channelId'>) => {
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(channelId);
    return channel?.isVoiceBased() ? channel : undefined;
  };

  function lineIn(message: Message, sessionId: string): Line {
    const line: Line = {
      messageId: message.id,
      text: withoutLine(message.content),
      content: message.content,
      edited: false,
      standing: lines.get(sessionId)?.standing ?? ALL_IS_WELL,
      edits: pacedEdits(
        async (content: string) => {
          await message.edit({ content });
        },
        {
          everyMs: EVERY_MS,
          onFault(error) {
            const isGone = isMessageGone(error);
            if (!isGone) logger.warn({ err: error, sessionId }, 'a notice could not be brought up to date');
            return isGone;
          },
        },
      ),
    };
    return line;
  }

  async function read(live: SessionStatus, { channelId, messageId }: Notice): Promise<void> {
    const { sessionId } = live;
    const message = await channelOf({ ...live, channelId })?.messages.fetch(messageId);
    // It may have ended, or moved on, meanwhile.
    if (message && asked.get(sessionId) === messageId && notices.get(sessionId)?.messageId === messageId)
      lines.set(sessionId, lineIn(message, sessionId));
  }

  /** The session's line, once its notice is known; people in a channel it was moved to are told first. */
  function lineOf(live: SessionStatus): Line | undefined {
    const { sessionId, channelId } = live;
    const notice = notices.get(sessionId);
    if (notice?.channelId !== channelId || notice.over === true) return undefined;
    const line = lines.get(sessionId);
    if (line?.messageId === notice.messageId) return line;
    if (asked.get(sessionId) !== notice.messageId) {
      asked.set(sessionId, notice.messageId);
      background.run('a notice was not read', () => read(live, notice), { sessionId });
    }
    return undefined;
  }

  const onStatus = (live: SessionStatus): void => {
    const { sessionId, guildId, state, diskLeftMs } = live;
    if (state === 'joining' || state === 'sealing') return;
    const line = lineOf(live);
    if (line === undefined) return;
    const diskRefuses = Date.now() - (diskRefusedAtMs.get(sessionId) ?? -Infinity) < REFUSED_FOR_MS;
    line.standing = standingAfter(line.standing, troubleOf(live, diskRefuses), Date.now());
    const texts = textsFor(client.guilds.cache.get(guildId)?.preferredLocale ?? '');
    const content = withLine(line.text, sessionLine(line.standing, diskLeftMs, texts));
    line.edited ||= content !== line.content;
    if (line.edited) line.edits.show(content);
  };

  /** Whoever closes the notice has the last word. */
  function letGo(sessionId: string): void {
    asked.delete(sessionId);
    void lines.get(sessionId)?.edits.close();
  }
  const onWarning = (sessionId: string, code: string): void => {
    if (code === 'moved') letGo(sessionId);
    if (code === 'disk') diskRefusedAtMs.set(sessionId, Date.now());
  };
  const onSealed = ({ sessionId }: SealedSession): void => {
    letGo(sessionId);
    lines.delete(sessionId);
    diskRefusedAtMs.delete(sessionId);
  };

  recorder.events.on('status', onStatus);
  recorder.events.on('warning', onWarning);
  recorder.events.on('sealed', onSealed);
  return {
    async takeUp(session) {
      const { sessionId, startedAtMs } = session;
      const channel = channelOf(session);
      if (!channel || notices.has(sessionId)) return;
      const message = await findMessage(channel, `${ABOUT_BUTTON}${sessionId}`, startedAtMs - 60_000);
      if (message && !notices.has(sessionId))
        notices.set(sessionId, {
          channelId: channel.id,
          messageId: message.id,
          atMs: message.createdTimestamp,
        });
    },
    async close() {
      recorder.events.off('status', onStatus);
      recorder.events.off('warning', onWarning);
      recorder.events.off('sealed', onSealed);
      await Promise.all([...lines.values()].map(({ edits }) => edits.close()));
    },
  };
}

/** How a recording begins and is asked to end: rights first, then people are told, then the recorder starts. */
import { randomUUID } from 'node:crypto';
import type { GuildMember, VoiceBasedChannel } from 'discord.js';
import type { Notice, SealedSession, SessionStatus, StopReason } from '../../../recorder/protocol.ts';
import type { Session } from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import { assertNothingStandsInTheWay, TO_RECORD } from '../permissions.ts';
import { RecorderRefusal } from '../recorder-link.ts';
import { UserError } from '../user-error.ts';
import { takeNoticeBack, tellPeople } from './notice.ts';
import { personOf } from './people.ts';
import { withRefusals } from './refusals.ts';
import { requestFor } from './request.ts';
import type { SoundCheck } from './sound-check.ts';

export interface RecordingRequest {
  channel: VoiceBasedChannel;
  startedBy: GuildMember;
  title: string;
  showId?: string;
  webinarId?: string;
}

/** A live session by the recorder's account, and its row in the catalog. */
export interface LiveRecording {
  status: SessionStatus;
  session: Session | undefined;
}

export interface Recordings {
  /** Throws UserError saying where the running one is and who started it. */
  assertNothingRuns(guildId: string): Promise<void>;
  /** The notice is taken back when the recorder does not start. Throws UserError with the remedy. */
  start(request: RecordingRequest): Promise<{ sessionId: string }>;
  /** Listens and keeps nothing. Throws UserError with the remedy. */
  check: SoundCheck;
  /** Throws UserError when nothing is being recorded in the guild. */
  liveIn(guildId: string): Promise<LiveRecording>;
  /** Throws RecorderRefusal. */
  stop(
    sessionId: string,
    reason?: StopReason,
    /** From here on it ends, whatever crashes. */
    onStopping?: () => Promise<unknown>,
  ): Promise<SealedSession>;
}

interface Beginning {
  kind: 'recording' | 'check';
  channelId: string;
  startedByUserId: string;
  atMs: number;
}

export interface RecordingParts {
  soundCheck: SoundCheck;
  /** Done before the recorder is asked to leave the channel. */
  beforeStop: (sessionId: string) => Promise<void>;
}

export function createRecordings(
  context: BotContext,
  { soundCheck, beforeStop }: RecordingParts,
): Recordings {
  const { catalog, recorder, bridge, client, notices, logger } = context;
  /** By guild: between the command and the recorder's answer, and while a check listens, nothing else may start there. */
  const beginnings = new Map<string, Beginning>();

  async function assertNothingRuns(guildId: string, kind: Beginning['kind'] = 'recording'): Promise<void> {
    const refuse = (channelId: string, userId: string | undefined, atMs: number) =>
      new UserError(({ errors: say }) =>
        say[kind === 'check' ? 'checkWhileRecording' : 'alreadyRecording'](
          `<#${channelId}>`,
          userId === undefined ? '?' : `<@${userId}>`,
          Math.floor(atMs / 1000),
        ),
      );
    const beginning = beginnings.get(guildId);
    if (beginning?.kind === 'check') throw new UserError(({ errors: say }) => say.checking);
    if (beginning) throw refuse(beginning.channelId, beginning.startedByUserId, beginning.atMs);
    const live = recorder.liveIn(guildId);
    if (live === undefined) return;
    const session = await catalog.sessions.byId(live.sessionId);
    throw refuse(live.channelId, session?.started_by, live.startedAtMs);
  }

  async function begin(request: RecordingRequest): Promise<{ sessionId: string }> {
    const { channel, startedBy, title, webinarId } = request;
    const { guild } = channel;
    const show =
      request.showId ?? (await catalog.shows.createDefaultFor({ id: guild.id, name: guild.name })).id;
    const sessionId = randomUUID();
    await catalog.sessions.create({
      id: sessionId,
      guildId: guild.id,
      showId: show,
      channelId: channel.id,
      title,
      startedBy: startedBy.id,
      startedAt: new Date(),
      ...(webinarId === undefined ? {} : { webinarId }),
    });
    let notice: Notice | undefined;
    try {
      notice = await tellPeople(channel, { sessionId, title, startedByUserId: startedBy.id });
      // Before the recorder joins: a moderator may move the bot while it does.
      notices.set(sessionId, notice);
      bridge.open(guild);
      const known = { sessionId, title, startedBy: personOf(startedBy), notice };
      await withRefusals(context, guild.id, (refusedUserIds) =>
        recorder.start(requestFor(client, channel, { ...known, refusedUserIds })),
      );
      return { sessionId };
    } catch (error) {
      notices.delete(sessionId);
      await catalog.sessions.fail(sessionId, new Date());
      if (notice)
        await takeNoticeBack(channel, notice).catch((fault: unknown) =>
          logger.error({ err: fault, sessionId }, 'a notice still says that a recording runs'),
        );
      throw error;
    }
  }

  /** The bot's one voice connection in this server is for `work` alone while it lasts. */
  async function alone<T>(
    kind: Beginning['kind'],
    channel: VoiceBasedChannel,
    by: GuildMember,
    work: () => Promise<T>,
  ): Promise<T> {
    const guildId = channel.guild.id;
    assertNothingStandsInTheWay(channel, TO_RECORD);
    await assertNothingRuns(guildId, kind);
    // Asked again without a pause in between: two commands may have come through the question above together.
    if (beginnings.has(guildId)) await assertNothingRuns(guildId, kind);
    beginnings.set(guildId, { kind, channelId: channel.id, startedByUserId: by.id, atMs: Date.now() });
    try {
      await recorder.assertCouldStart(guildId);
      return await work();
    } catch (error) {
      if (error instanceof RecorderRefusal && error.code === 'join-timeout')
        throw new UserError((texts) => texts.errors.couldNotJoin(`<#${channel.id}>`), { cause: error });
      throw error;
    } finally {
      beginnings.delete(guildId);
    }
  }

  return {
    assertNothingRuns,
    start: (request) => alone('recording', request.channel, request.startedBy, () => begin(request)),
    check: (order) => alone('check', order.channel, order.by, () => soundCheck(order)),
    async liveIn(guildId) {
      const status = recorder.liveIn(guildId);
      const isBeginning = beginnings.get(guildId)?.kind === 'recording' || status?.state === 'joining';
      if (status === undefined || isBeginning)
        throw new UserError(({ errors: say }) => (isBeginning ? say.notBegun : say.notRecording));
      return { status, session: await catalog.sessions.byId(status.sessionId) };
    },
    async stop(sessionId, reason, onStopping) {
      await recorder.stopping(sessionId, reason);
      // That somebody cannot be told is no reason to go on.
      await onStopping?.().catch((error: unknown) => {
        logger.warn({ err: error, sessionId }, 'whoever ended a recording was not told that it ends');
      });
      await beforeStop(sessionId);
      return recorder.stop(sessionId, reason);
    },
  };
}

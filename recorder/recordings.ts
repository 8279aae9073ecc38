/** The live sessions, one a guild: how they begin, and how they end. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Clock } from './clock.ts';
import { openLiveSession } from './live-session.ts';
import type { LiveSession } from './live-session.ts';
import type { Logger } from './log.ts';
import type { SealedSession, SessionRequest } from './protocol.ts';
import { RefusedError } from './refused-error.ts';
import type { Files } from './session/files.ts';
import type { SealReason } from './session/model.ts';
import type { ResumePoint } from './session/resume.ts';
import type { InTurn } from './turns.ts';
import type { GatewayLine } from './voice/gateway-line.ts';

export interface RecordingsOptions {
  sessionsFolder: string;
  /** By session folder: changes to what is sealed. */
  inTurn: InTurn;
  clock: Clock;
  line: GatewayLine;
  logger: Logger;
  joinTimeoutMs: number;
  reconnectLimitMs: number;
  /** @throws RefusedError when there is too little room for a session. */
  requireSpace: () => Promise<void>;
  onWarning: (sessionId: string, code: string, detail: string) => void;
  /** The disk took nothing more of a session. */
  onDiskFull: () => void;
  /** A session was sealed, whoever asked for it. */
  onSealed: (session: SealedSession) => void;
  /** One that ended could not be sealed; nothing writes to its folder any more. */
  onSealFailed: (sessionId: string, reason: SealReason) => void;
  files: Files;
}

export interface Recordings {
  /** Sound checks included: they are ticked like any other. */
  all(): LiveSession[];
  inGuild(guildId: string): LiveSession | undefined;
  /** @throws RefusedError */
  byId(sessionId: string): LiveSession;
  /** @throws RefusedError when something runs in this server, the disk is too full, or the recorder ends */
  assertCouldStart(guildId: string): Promise<void>;
  /**
   * Resolves when the session receives. With a scratch folder it is a sound check: never among the sessions.
   * @throws RefusedError, and then nothing of it remains.
   */
  start(request: SessionRequest, scratchFolder?: string): Promise<LiveSession>;
  /** Goes on with an interrupted session, whose connection is made meanwhile. @throws RefusedError */
  resume(request: SessionRequest, takePoint: () => Promise<ResumePoint>): Promise<LiveSession>;
  /** @throws RefusedError when it could not be sealed; then that is told, and somebody else's business. */
  end(session: LiveSession, reason: SealReason): Promise<SealedSession>;
  /** Ends every session with what it has; new ones are a matter of the floor. */
  endAll(reason: SealReason): Promise<void>;
  /** Ends every session and refuses new ones. */
  close(): Promise<void>;
}

export function createRecordings(options: RecordingsOptions): Recordings {
  const { sessionsFolder, logger, clock, line } = options;
  const group = randomUUID();
  /** By guild: Discord gives a bot one voice connection in each. */
  const sessions = new Map<string, LiveSession>();
  const starting = new Map<string, Promise<LiveSession>>();
  let closing = false;

  function open(
    request: SessionRequest,
    { scratchFolder, resumeAt }: { scratchFolder?: string | undefined; resumeAt?: ResumePoint } = {},
  ): LiveSession {
    const endBecause = (reason: SealReason): void => {
      end(session, reason).catch((error: unknown) => {
        logger.error({ err: error }, 'a session that lost its channel could not be sealed');
      });
    };
    const session = openLiveSession({
      request,
      resumeAt,
      folder: scratchFolder ?? path.join(sessionsFolder, request.sessionId),
      scratch: scratchFolder !== undefined,
      inTurn: options.inTurn,
      clock,
      files: options.files,
      line,
      group,
      logger,
      reconnectLimitMs: options.reconnectLimitMs,
      onWarning(code, detail) {
        if (scratchFolder === undefined) options.onWarning(request.sessionId, code, detail);
        // The people in the next channel were not told of a sound check.
        else if (code === 'moved') endBecause('disconnected');
      },
      onDiskFull: options.onDiskFull,
      onEnd: endBecause,
    });
    return session;
  }

  async function join(request: SessionRequest, scratchFolder: string | undefined): Promise<LiveSession> {
    const { guildId, channelId } = request;
    await options.requireSpace();
    const session = open(request, { scratchFolder });
    sessions.set(guildId, session);
    if (await session.joined(options.joinTimeoutMs)) return session;
    sessions.delete(guildId);
    await session.discard();
    if (closing) throw new RefusedError('stopping', 'the recorder is shutting down');
    throw new RefusedError('join-timeout', `Discord did not let the bot into channel ${channelId} in time`);
  }

  /** One at a time in a server. */
  function assertFree(guildId: string): void {
    if (closing) throw new RefusedError('stopping', 'the recorder is shutting down');
    const running = sessions.get(guildId);
    if (running?.scratch === true) throw new RefusedError('checking', 'a sound check listens in this server');
    if (running !== undefined || starting.has(guildId)) {
      const where = running === undefined ? '' : ` in channel ${running.request.channelId}`;
      throw new RefusedError('already-recording', `a session runs${where} of this server`);
    }
  }

  async function begin(request: SessionRequest, how: () => Promise<LiveSession>): Promise<LiveSession> {
    const { guildId } = request;
    assertFree(guildId);
    const beginning = how();
    starting.set(guildId, beginning);
    try {
      return await beginning;
    } finally {
      starting.delete(guildId);
    }
  }

  async function goOn(request: SessionRequest, takePoint: () => Promise<ResumePoint>): Promise<LiveSession> {
    await options.requireSpace();
    const session = open(request, { resumeAt: await takePoint() });
    sessions.set(request.guildId, session);
    return session;
  }

  async function end(session: LiveSession, reason: SealReason): Promise<SealedSession> {
    const { guildId, sessionId } = session.request;
    try {
      const sealed = await session.stop(reason);
      if (sessions.get(guildId) === session && !session.scratch) options.onSealed(sealed);
      return sealed;
    } catch (error) {
      logger.error({ err: error, sessionId }, 'a session could not be sealed');
      if (sessions.get(guildId) === session && !session.scratch) options.onSealFailed(sessionId, reason);
      throw new RefusedError('failed', `the session could not be sealed: ${String(error)}`);
    } finally {
      if (sessions.get(guildId) === session) sessions.delete(guildId);
    }
  }

  async function endAll(reason: SealReason): Promise<void> {
    for (const session of sessions.values()) if (session.joining()) session.giveUpJoin();
    await Promise.allSettled(starting.values());
    await Promise.allSettled([...sessions.values()].map((session) => end(session, reason)));
  }

  return {
    all: () => [...sessions.values()],
    inGuild: (guildId) => sessions.get(guildId),
    byId(sessionId) {
      const session = sessions
        .values()
        .find(({ request, scratch }) => request.sessionId === sessionId && !scratch);
      if (session === undefined) throw new RefusedError('unknown-session', 'no such session is running');
      return session;
    },
    async assertCouldStart(guildId) {
      assertFree(guildId);
      await options.requireSpace();
    },
    start: (request, scratchFolder) => begin(request, () => join(request, scratchFolder)),
    resume: (request, takePoint) => begin(request, () => goOn(request, takePoint)),
    async end(session, reason) {
      if (session.joining()) throw new RefusedError('unknown-session', 'the session has not begun yet');
      return end(session, reason);
    },
    endAll,
    async close() {
      closing = true;
      await endAll('shutdown');
    },
  };
}

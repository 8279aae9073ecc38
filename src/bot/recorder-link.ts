/** The application's side of the recorder's protocol: requests with their answers, and what the recorder tells unasked. */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  PROTOCOL_VERSION,
  toApplication,
  type InterruptedSession,
  type Notice,
  type Person,
  type RefusalCode,
  type SealedSession,
  type SessionRequest,
  type SessionStatus,
  type SoundCheck,
  type StopReason,
  type ToApplication,
  type ToRecorder,
} from '../../recorder/protocol.ts';
import { createLiveSessions } from './live-sessions.ts';

/** A way to the recorder: the IPC channel of a forked process, or a core in the same process. */
export interface RecorderPort {
  send(message: ToRecorder): void;
  /** Returns a function that stops listening. */
  onMessage(listener: (message: unknown) => void): () => void;
}

/** The recorder did not do what was asked; `code` says why, or `silent` when it never answered. */
export class RecorderRefusal extends Error {
  override name = 'RecorderRefusal';
  readonly code: RefusalCode | 'silent';
  constructor(code: RefusalCode | 'silent', detail: string) {
    super(detail);
    this.code = code;
  }
}

interface LinkEvents {
  sealed: [session: SealedSession];
  gatewaySend: [guildId: string, payload: unknown];
  status: [session: SessionStatus];
  warning: [sessionId: string, code: string, detail: string];
  /** A message of the recorder that does not fit the protocol: it is of another version. */
  unreadable: [error: Error];
}

export interface RecorderLink {
  events: EventEmitter<LinkEvents>;
  /** Introduces the application; resolves with what lives and what was sealed meanwhile. */
  hello(): Promise<{
    live: SessionStatus[];
    sealed: SealedSession[];
    /** Cut short by a crash of the recorder: each waits for `resume` or `seal`. */
    interrupted: InterruptedSession[];
    /** Messages that still say that a sound check listens. */
    overdueChecks: { guildId: string; channelId: string; messageId: string }[];
  }>;
  /** Before people are told. Throws RecorderRefusal when something runs there, the disk is too full, or the recorder ends. */
  assertCouldStart(guildId: string): Promise<void>;
  /** Throws RecorderRefusal. */
  start(session: SessionRequest): Promise<{ startedAtMs: number }>;
  /** It is about to be stopped, and may not go on whatever crashes until then. Throws RecorderRefusal. */
  stopping(sessionId: string, reason?: StopReason): Promise<void>;
  stop(sessionId: string, reason?: StopReason): Promise<SealedSession>;
  /** Listens for so long and keeps nothing but what `checkDone` removes. Throws RecorderRefusal. */
  check(session: SessionRequest, listenMs: number): Promise<SoundCheck>;
  checkDone(sessionId: string): void;
  /** Says an Ogg Opus file into the session's channel; resolves when it was said. Throws RecorderRefusal. */
  play(sessionId: string, opusPath: string): Promise<void>;
  /** Goes on with an interrupted session. Throws RecorderRefusal. */
  resume(session: SessionRequest): Promise<{ startedAtMs: number }>;
  /** Ends an interrupted session with what it has. Throws RecorderRefusal. */
  seal(sessionId: string): Promise<SealedSession>;
  /** Resolves with the marker's place on the session clock, microseconds, once it is on disk. */
  marker(sessionId: string, name: string, byUserId: string): Promise<number>;
  person(sessionId: string, person: Person): void;
  /** Whether this person may be recorded, from now on. */
  /** For whatever listens in the server now, or is about to. */
  consent(guildId: string, userId: string, refused: boolean): void;
  /** More people were told of a recording; with `everyone` by the channel's own notice, after a move. */
  told(sessionId: string, notice: Notice, userIds: readonly string[], everyone?: boolean): void;
  soundEffect(sessionId: string, userId: string, name: string): void;
  /** Destroys what a person said in a server's recordings; those it changed are told as sealed anew. Throws RecorderRefusal. */
  erase(guildId: string, userId: string): Promise<{ sessionIds: string[]; live: string[]; failed: string[] }>;
  /** `resumed`: with the gateway session of before. */
  shard(guildId: string, ready: boolean, resumed?: boolean): void;
  /** This channel was deleted; without one, the bot is not in the server any more. */
  gone(guildId: string, channelId?: string): void;
  voiceState(guildId: string, payload: unknown): void;
  voiceServer(guildId: string, payload: unknown): void;
  acknowledge(sessionId: string): void;
  /** The live session of a guild, by the recorder's last word. */
  liveIn(guildId: string): SessionStatus | undefined;
  /** Every live session, by the recorder's last word. */
  live(): SessionStatus[];
  close(): void;
}

type Request = Extract<ToRecorder, { requestId: string }>;
type Answer = Extract<ToApplication, { requestId: string }>;
type Unsent<T> = T extends unknown ? Omit<T, 'requestId'> : never;

/** Longer than the recorder's own limits (a join may take 15 s), so that its word comes first. */
const ANSWER_WITHIN_MS = 30_000;
/** Hours of voices are written over, in every recording of a server; Discord waits 15 minutes for what is said of it. */
const ERASED_WITHIN_MS = 10 * 60_000;

export function createRecorderLink(
  port: RecorderPort,
  { answerWithinMs = ANSWER_WITHIN_MS }: { answerWithinMs?: number } = {},
): RecorderLink {
  const events: RecorderLink['events'] = new EventEmitter();
  const waiting = new Map<string, (answer: Answer) => void>();
  const live = createLiveSessions();
  let welcomed: ((message: Extract<ToApplication, { type: 'welcome' }>) => void) | undefined;

  const take = (message: ToApplication): void => {
    live.take(message);
    switch (message.type) {
      case 'welcome':
        welcomed?.(message);
        return;
      case 'gateway-send':
        events.emit('gatewaySend', message.guildId, message.payload);
        return;
      case 'status':
        events.emit('status', message.session);
        return;
      case 'sealed':
        events.emit('sealed', message.session);
        return;
      case 'warning':
        events.emit('warning', message.sessionId, message.code, message.detail);
        return;
      case 'close':
        return;
      default:
        answered(message);
    }
  };
  const answered = (answer: Answer): void => {
    const settle = waiting.get(answer.requestId);
    if (settle) settle(answer);
    // Whoever asked was told that nothing is recorded, and so were the people in the channel: that must stay true.
    else if (answer.type === 'started')
      port.send({ type: 'stop', requestId: randomUUID(), sessionId: answer.sessionId });
  };
  const stopListening = port.onMessage((raw) => {
    const parsed = toApplication.safeParse(raw);
    if (parsed.success) take(parsed.data);
    else events.emit('unreadable', parsed.error);
  });

  async function ask(
    request: Unsent<Request>,
    withinMs = answerWithinMs,
  ): Promise<Exclude<Answer, { type: 'refused' }>> {
    const requestId = randomUUID();
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new RecorderRefusal('silent', `no answer to ${request.type} within ${withinMs / 1000} s`));
      }, withinMs);
      waiting.set(requestId, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      port.send({ ...request, requestId });
    }).finally(() => waiting.delete(requestId));
    if (answer.type === 'refused') throw new RecorderRefusal(answer.code, answer.detail);
    return answer;
  }
  const unexpected = (answer: Answer) =>
    new RecorderRefusal('failed', `the recorder answered ${answer.type} to something else`);

  async function begin(type: 'start' | 'resume', session: SessionRequest): Promise<{ startedAtMs: number }> {
    const answer = await ask({ type, session }).catch((error: unknown) => {
      // It was told of while it joined.
      live.forget(session.sessionId);
      throw error;
    });
    if (answer.type !== 'started') throw unexpected(answer);
    const { startedAtMs } = answer;
    live.begun(session, startedAtMs, type === 'start' ? 'recording' : 'reconnecting');
    return { startedAtMs };
  }

  async function end(request: Unsent<Extract<Request, { type: 'stop' | 'seal' }>>): Promise<SealedSession> {
    const { sessionId } = request;
    const answer = await ask(request).catch((error: unknown) => {
      // Whatever the reason, it is not known to live any more; the recorder's next status says if it does.
      live.forget(sessionId);
      throw error;
    });
    if (answer.type !== 'stopped') throw unexpected(answer);
    live.forget(sessionId);
    return answer.session;
  }

  return {
    events,
    async hello() {
      const {
        live: running,
        sealed,
        interrupted,
        overdueChecks,
      } = await new Promise<Extract<ToApplication, { type: 'welcome' }>>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new RecorderRefusal('silent', 'the recorder did not welcome the application')),
          answerWithinMs,
        );
        welcomed = (message) => {
          clearTimeout(timer);
          resolve(message);
        };
        port.send({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
      });
      return { live: running, sealed, interrupted, overdueChecks };
    },
    start: (session) => begin('start', session),
    resume: (session) => begin('resume', session),
    async stopping(sessionId, reason) {
      await ask({ type: 'stopping', sessionId, ...(reason && { reason }) });
    },
    stop: (sessionId, reason) => end({ type: 'stop', sessionId, ...(reason && { reason }) }),
    seal: (sessionId) => end({ type: 'seal', sessionId }),
    async assertCouldStart(guildId) {
      await ask({ type: 'could-start', guildId });
    },
    async check(session, listenMs) {
      const answer = await ask({ type: 'check', session, listenMs }, answerWithinMs + listenMs);
      if (answer.type !== 'checked') throw unexpected(answer);
      return answer.check;
    },
    async play(sessionId, opusPath) {
      await ask({ type: 'play', sessionId, opusPath }, 2 * answerWithinMs);
    },
    checkDone: (sessionId) => port.send({ type: 'check-done', sessionId }),
    async marker(sessionId, name, byUserId) {
      const answer = await ask({ type: 'marker', sessionId, name, byUserId });
      if (answer.type !== 'marked') throw unexpected(answer);
      return answer.atUs;
    },
    person: (sessionId, person) => port.send({ type: 'person', sessionId, person }),
    consent: (guildId, userId, refused) => port.send({ type: 'consent', guildId, userId, refused }),
    told(sessionId, notice, userIds, everyone) {
      port.send({ type: 'told', sessionId, notice, userIds: [...userIds], everyone });
      if (everyone === true) live.told(sessionId);
    },
    soundEffect: (sessionId, userId, name) => port.send({ type: 'sound-effect', sessionId, userId, name }),
    async erase(guildId, userId) {
      const answer = await ask({ type: 'erase', guildId, userId }, ERASED_WITHIN_MS);
      if (answer.type !== 'erased') throw unexpected(answer);
      const { sessionIds, live: running, failed } = answer;
      return { sessionIds, live: running, failed };
    },
    shard: (guildId, ready, resumed) => port.send({ type: 'shard', guildId, ready, resumed }),
    gone: (guildId, channelId) => port.send({ type: 'gone', guildId, channelId }),
    voiceState: (guildId, payload) => port.send({ type: 'voice-state', guildId, payload }),
    voiceServer: (guildId, payload) => port.send({ type: 'voice-server', guildId, payload }),
    acknowledge: (sessionId) => port.send({ type: 'acknowledge', sessionId }),
    liveIn: (guildId) => live.inGuild(guildId),
    live: () => live.all(),
    close: stopListening,
  };
}

/** One running recording: a voice link that receives, and a session folder that keeps. */
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { keepConsent } from './consent-ledger.ts';
import { watchHearing } from './hearing.ts';
import { followConnection } from './interruptions.ts';
import type { Logger } from './log.ts';
import type { Person, SealedSession, SessionRequest, SessionStatus, ToRecorder } from './protocol.ts';
import { RefusedError } from './refused-error.ts';
import { sealedSession } from './sealed-sessions.ts';
import { carryOutErasures } from './session/erase.ts';
import type { Files } from './session/files.ts';
import type { SealReason } from './session/model.ts';
import type { ResumePoint } from './session/resume.ts';
import type { JournalNote, SessionWriter } from './session/writer.ts';
import { openSessionWriter } from './session/writer.ts';
import type { InTurn } from './turns.ts';
import type { GatewayLine } from './voice/gateway-line.ts';
import type { TapCounts } from './voice/tap.ts';
import { openVoiceLink, type VoiceLink } from './voice/voice-link.ts';

export interface LiveSessionOptions {
  request: SessionRequest;
  folder: string;
  /** A sound check, of which nothing is kept. */
  scratch: boolean;
  /** Go on with an interrupted session instead of beginning one. */
  resumeAt?: ResumePoint | undefined;
  inTurn: InTurn;
  clock: Clock;
  files: Files;
  line: GatewayLine;
  /** Joins the channel; the real one by default. */
  openLink?: typeof openVoiceLink;
  /** See VoiceLinkOptions. */
  group: string;
  logger: Logger;
  reconnectLimitMs: number;
  onWarning: (code: string, detail: string) => void;
  /** The disk took nothing more of it. */
  onDiskFull: () => void;
  /** A session that had begun cannot go on. */
  onEnd: (reason: SealReason) => void;
}

export interface LiveSession {
  readonly request: SessionRequest;
  readonly scratch: boolean;
  readonly startedAtMs: number;
  /** Resolves when packets can come; false after `joinTimeoutMs` without that, or when the join was given up. */
  joined(joinTimeoutMs: number): Promise<boolean>;
  /** Not yet in the channel. */
  joining(): boolean;
  giveUpJoin(): void;
  status(): SessionStatus;
  /** What became of every datagram. */
  counts(): TapCounts;
  /** Written so far. */
  bytes(): number;
  person(person: Person): void;
  /** Whether this person may be recorded, from this moment on. */
  consent(userId: string, refused: boolean): void;
  /** Journals what was heard that is nobody's track. */
  note(entry: JournalNote): void;
  /** More people were told of the recording. */
  told(message: Extract<ToRecorder, { type: 'told' }>): void;
  /** The channel was deleted; without one, the bot is not in the server any more. */
  gone(channelId: string | undefined): void;
  /** @returns the marker's place on the session clock, once it is on disk. @throws RefusedError once it is being ended */
  marker(name: string, byUserId: string): Promise<number>;
  /** Says a notice into the channel, and journals that it was said. */
  play(opusPath: string): Promise<void>;
  voiceState(payload: unknown): void;
  voiceServer(payload: unknown): void;
  gatewayBack(): void;
  tick(): void;
  /** The session never goes on from here on, whatever crashes: without `stop` it ends by itself. Resolves when that is on disk. */
  announceStop(reason: SealReason): Promise<void>;
  /** Ends when that was announced: nobody is left to say `stop`. */
  endIfAsked(): void;
  /** Takes what already came, leaves the channel and seals the folder. Called again it gives the same promise. */
  stop(reason: SealReason): Promise<SealedSession>;
  /** Leaves the channel and removes a folder that nothing was recorded into. */
  discard(): Promise<void>;
}

/** Long enough for the event loop to read what the kernel holds, at 32 datagrams a turn. */
const DRAIN_MS = 60;
/** Of a channel's or server's end Discord tells apart from ours in it, and perhaps after: the former is why. */
const REASON_MS = 500;

/** Nothing is wrong with such a disk: it is full, or what we may use of it is (quota(5)). */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** The application has to take back its signs before the bot leaves the channel. */
const STOP_FOLLOWS_MS = 10_000;

/** Opens the folder, journals who was told, then joins: nothing can be kept before the notice is. */
export function openLiveSession(options: LiveSessionOptions): LiveSession {
  const { request, clock, logger, resumeAt, onWarning, openLink = openVoiceLink } = options;
  const startedAtMs = resumeAt?.header.startedAtMs ?? Date.now();
  let sealing: Promise<SealedSession> | undefined;
  let settleJoin: (joined: boolean) => void = () => undefined;
  const joining = new Promise<boolean>((resolve) => {
    settleJoin = resolve;
  });

  const writer: SessionWriter = openSessionWriter(
    options.folder,
    {
      sessionId: request.sessionId,
      guildId: request.guildId,
      channelId: request.channelId,
      title: request.title,
      startedAtMs,
      startedByUserId: request.startedBy.userId,
    },
    clock,
    {
      files: options.files,
      resumeAt,
      onFault({ path: file, code, cause, gaveUp }) {
        const fields = { sessionId: request.sessionId, file, code, gaveUp, err: cause };
        logger.error(fields, 'the disk refuses a file of the session');
        if (NO_ROOM.has(code)) options.onDiskFull();
        else onWarning('disk', `the disk refuses a file of the recording (${code})`);
      },
      onBroken: (track, err) =>
        logger.error({ sessionId: request.sessionId, track, err }, 'a track is in trouble; the others go on'),
    },
  );
  if (resumeAt !== undefined) writer.note({ type: 'resumed', channelId: request.channelId });
  const consent = keepConsent(writer, resumeAt?.toldUserIds);
  consent.told(
    request.notice,
    request.people.map(({ userId }) => userId),
    true,
  );
  // The application knows who opted out; who asked to be forgotten in this very session, only its folder does.
  for (const userId of [...(request.refusedUserIds ?? []), ...(resumeAt?.refusedUserIds ?? [])])
    consent.set(userId, true);

  const hearing = watchHearing({ clock, writer, link: () => link, onWarning });
  const know = (person: Person): void => {
    if (person.bot) consent.bot(person.userId);
    hearing.person(person);
    writer.person(person);
  };
  for (const person of [...(resumeAt?.people ?? []), ...request.people]) know(person);

  const interruptions = followConnection({
    writer,
    channelId: request.channelId,
    resumed: resumeAt !== undefined,
    hearing,
    onWarning,
    onJoined: (joined) => settleJoin(joined),
    onEnd: options.onEnd,
  });

  const link: VoiceLink = openLink({
    guildId: request.guildId,
    channelId: request.channelId,
    selfUserId: request.selfUserId,
    group: options.group,
    line: options.line,
    nowUs: () => clock.nowUs(),
    logger,
    reconnectLimitMs: options.reconnectLimitMs,
    emit(packet) {
      hearing.heard(packet);
      writer.receive(packet);
    },
    refuses: (userId) => consent.refuses(userId),
    mayKeep: () => interruptions.mayKeep(),
    facts: hearing.facts,
    onEvent(event) {
      if (sealing === undefined) interruptions.take(event);
    },
  });

  /** The channel is left: nothing that comes from here on is of this session. */
  let left = false;
  function tick(): void {
    if (left) return;
    link.tick();
    hearing.tick();
    interruptions.tick();
    writer.tick();
  }

  let askedToEnd: { reason: SealReason; timer: NodeJS.Timeout } | undefined;
  function endIfAsked(): void {
    if (askedToEnd !== undefined && sealing === undefined) options.onEnd(askedToEnd.reason);
  }

  async function seal(reason: SealReason): Promise<SealedSession> {
    clearTimeout(askedToEnd?.timer);
    await delay(reason === 'removed' ? REASON_MS : DRAIN_MS);
    link.tick();
    link.close();
    left = true;
    const counts = link.counts();
    interruptions.close();
    hearing.close();
    consent.close();
    writer.note({ type: 'datagrams', ...counts });
    const why = interruptions.reasonFor(reason);
    const sealed = await writer.seal(why);
    // Whoever asks for an erasure from now on finds the manifest, and carries it out.
    const erased = await options.inTurn(options.folder, () =>
      carryOutErasures(options.folder, options.files),
    );
    logger.info({ sessionId: request.sessionId, reason: why, ...counts }, 'session sealed');
    return sealedSession(options.folder, erased ?? sealed);
  }

  return {
    request,
    scratch: options.scratch,
    startedAtMs,
    async joined(joinTimeoutMs) {
      const timer = setTimeout(() => settleJoin(false), joinTimeoutMs);
      try {
        return await joining;
      } finally {
        clearTimeout(timer);
      }
    },
    joining: () => interruptions.state() === 'joining',
    giveUpJoin: () => settleJoin(false),
    status() {
      const { elapsedUs, speakers } = writer.status();
      const { sessionId, guildId, title } = request;
      return {
        ...{ sessionId, guildId, title, startedAtMs, elapsedUs, speakers },
        ...{ state: interruptions.state(), channelId: link.channelId(), health: hearing.health() },
        ...(interruptions.mayKeep() ? {} : { untold: true }),
        ...consent.status(),
      };
    },
    counts: () => link.counts(),
    bytes: () => writer.bytes(),
    person: know,
    consent: (userId, refused) => consent.set(userId, refused),
    note: (entry) => writer.note(entry),
    told({ notice, userIds, everyone = false }) {
      consent.told(notice, userIds, everyone);
      if (everyone) interruptions.told(notice.channelId);
    },
    gone(channelId) {
      const reason = interruptions.gone(channelId);
      if (reason !== undefined && sealing === undefined) interruptions.end(reason);
    },
    async marker(name, byUserId) {
      if (sealing !== undefined) throw new RefusedError('stopping', 'the recording is being ended');
      return writer.marker(name, byUserId);
    },
    async play(opusPath) {
      await link.play(opusPath);
      if (sealing === undefined) writer.note({ type: 'spoken-notice', channelId: link.channelId() });
    },
    voiceState(payload) {
      link.takeState(payload);
      hearing.voiceState(payload);
    },
    voiceServer: (payload) => link.takeServer(payload),
    gatewayBack: () => link.gatewayBack(),
    tick,
    async announceStop(reason) {
      askedToEnd ??= { reason, timer: setTimeout(endIfAsked, STOP_FOLLOWS_MS) };
      await writer.stopping(reason).catch((error: unknown) => {
        logger.error(
          { err: error, sessionId: request.sessionId },
          'a session ends, and its journal cannot say so',
        );
      });
    },
    endIfAsked,
    stop: (reason) => (sealing ??= seal(reason)),
    async discard() {
      // Whether or not the disk took the end of it.
      await (sealing ??= seal('disconnected')).catch((err: unknown) =>
        logger.warn({ err, sessionId: request.sessionId }, 'a session of nothing could not be sealed'),
      );
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}

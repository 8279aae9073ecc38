/**
 * The recorder without a process around it: takes the application's messages, runs the live sessions, and answers. The
 * root process (main.ts) puts a forked application on its other side; tests put a client of their own there.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { guardDisk } from './disk-guard.ts';
import { acquireLock } from './folder-lock.ts';
import { createErasures } from './erasures.ts';
import { createInterruptedSessions } from './interrupted-sessions.ts';
import type { LiveSession } from './live-session.ts';
import type { Logger } from './log.ts';
import { PROTOCOL_VERSION, toRecorder } from './protocol.ts';
import type { SealedSession, SessionStatus, ToApplication, ToRecorder } from './protocol.ts';
import { createRecordings } from './recordings.ts';
import { answerRequests } from './requests.ts';
import { createSealRetries } from './seal-retries.ts';
import { openSealedSessions } from './sealed-sessions.ts';
import { createAlone } from './session/alone.ts';
import { type Files, nodeFiles } from './session/files.ts';
import { openSoundChecks } from './sound-checks.ts';
import { createTurns } from './turns.ts';
import { createGatewayLine } from './voice/gateway-line.ts';
import type { TapCounts } from './voice/tap.ts';
import { trustCertificates } from './voice/trust.ts';

export type { Logger as RecorderLogger } from './log.ts';

export interface RecorderCoreOptions {
  /** Sessions live in `<dataFolder>/sessions/<session id>/`. */
  dataFolder: string;
  logger: Logger;
  /** Carries a message to the application. Between `applicationLost` and the next `hello` there is none to carry. */
  send: (message: ToApplication) => void;
  /** Monotonic microseconds; the system's clock by default. */
  clock?: Clock;
  /** Certificates (PEM) to trust for voice gateways beside the built-in ones; the embedded Discord needs its own. */
  voiceCaPems?: readonly string[];
  /** How long a join may take until `refused join-timeout`; 15 s by default. */
  joinTimeoutMs?: number;
  /** How long a lost voice connection is retried before the session is sealed as `disconnected`; 10 min by default. */
  reconnectLimitMs?: number;
  /** How often the application is told how the sessions stand; once a second by default. */
  statusEveryMs?: number;
  /** Below this much free space no session starts; 512 MiB by default. */
  diskFloorBytes?: number;
  /** Free bytes of a folder's file system; the system's account by default. */
  freeBytes?: (folder: string) => Promise<number>;
  /** How long interrupted sessions wait for the application's word before they are sealed; 2 min by default. */
  interruptedLimitMs?: number;
  /** How often it is tried again to seal a session whose end the disk did not take; every 10 s by default. */
  sealRetryMs?: number;
  /** The seam to the disk, for live sessions; the real one by default. */
  files?: Files;
}

export interface RecorderCore {
  /** One message of the application (a `ToRecorder`; anything else is logged and dropped). */
  receive(message: unknown): void;
  /** The application is gone: no shard can carry an op 4; live sessions run on. */
  applicationLost(): void;
  /** The live sessions as they stand now. */
  live(): SessionStatus[];
  /** What became of every datagram of a live session. */
  counts(sessionId: string): TapCounts | undefined;
  /** Seals every live session (`shutdown`), leaves the channels, and stops taking requests; the folder is free after `lastly`. */
  stop(lastly?: () => Promise<void>): Promise<void>;
}

/** The folder's writer wants it for its promise of 200 ms. */
const TICK_MS = 20;
const STATUS_MS = 1_000;

/**
 * Recovers what a crash left unsealed, then is ready for messages.
 * @throws FolderInUseError when another recorder has the data folder.
 */
export async function openRecorderCore(options: RecorderCoreOptions): Promise<RecorderCore> {
  const { logger, clock = systemClock, files = nodeFiles } = options;
  const sessionsFolder = path.join(options.dataFolder, 'sessions');
  await mkdir(sessionsFolder, { recursive: true });
  const unlock = acquireLock(path.join(options.dataFolder, 'recorder.lock'), { command: 'the recorder' });
  trustCertificates(options.voiceCaPems ?? []);
  const inTurn = createTurns();
  const sealed = await openSealedSessions(sessionsFolder, inTurn, logger);
  let connected = false;

  function send(message: ToApplication): void {
    if (connected) options.send(message);
  }

  function onSealed(session: SealedSession): void {
    sealed.add(session);
    send({ type: 'sealed', session });
  }

  const line = createGatewayLine({
    send: (guildId, payload) => send({ type: 'gateway-send', guildId, payload }),
    nowMs: () => clock.nowUs() / 1000,
  });
  const retries = createSealRetries({
    ...{ sessionsFolder, inTurn, files, logger, onSealed },
    everyMs: options.sealRetryMs ?? 10_000,
  });
  const recordings = createRecordings({
    sessionsFolder,
    inTurn,
    clock,
    line,
    logger,
    joinTimeoutMs: options.joinTimeoutMs ?? 15_000,
    reconnectLimitMs: options.reconnectLimitMs ?? 600_000,
    requireSpace: () => disk.requireSpace(),
    onWarning: (sessionId, code, detail) => send({ type: 'warning', sessionId, code, detail }),
    onDiskFull: () => disk.full(),
    onSealed,
    onSealFailed(sessionId, reason) {
      if (!retries.add(sessionId, reason)) return;
      send({ type: 'warning', sessionId, code: 'seal-failed', detail: 'the disk does not take its end' });
    },
    files,
  });
  const disk = guardDisk({
    dataFolder: options.dataFolder,
    floorBytes: options.diskFloorBytes ?? 512 * 1024 * 1024,
    freeBytes: options.freeBytes,
    nowMs: () => clock.nowUs() / 1000,
    logger,
    sessions: () => recordings.all(),
    onLow(minutes) {
      for (const { sessionId } of live())
        send({
          type: 'warning',
          sessionId,
          code: `disk-low-${minutes}`,
          detail: `full in ${minutes} minutes`,
        });
    },
    endAll: () => recordings.endAll('disk-full'),
  });
  const checks = await openSoundChecks(path.join(options.dataFolder, 'sound-checks'), recordings, logger);
  const interrupted = createInterruptedSessions({
    sessionsFolder,
    inTurn,
    found: sealed.interrupted,
    limitMs: options.interruptedLimitMs ?? 120_000,
    logger,
    onSealed,
    onSealFailed: (sessionId) => void retries.add(sessionId),
  });
  const erase = createErasures({ sessionsFolder, recordings, sealed, logger, onErased: onSealed });
  const request = answerRequests({ recordings, interrupted, checks, erase, logger, send });
  const live = (): SessionStatus[] =>
    recordings
      .all()
      .filter(({ scratch }) => !scratch)
      .map((session) => ({ ...session.status(), diskLeftMs: disk.leftMs() }));

  const alone = createAlone<LiveSession>(({ request: { sessionId } }, err) =>
    logger.error({ sessionId, err }, 'a session is in trouble; the others go on'),
  );
  const ticking = setInterval(() => {
    for (const session of recordings.all()) alone(session, () => session.tick());
  }, TICK_MS);
  const reporting = setInterval(() => {
    for (const session of live()) send({ type: 'status', session });
  }, options.statusEveryMs ?? STATUS_MS);

  function hello(protocolVersion: number): void {
    if (protocolVersion !== PROTOCOL_VERSION) {
      const fields = { protocolVersion, expected: PROTOCOL_VERSION };
      logger.error(fields, 'an application of another version was turned away: start both from one release');
      return;
    }
    // Whatever shards the application before this one had are gone with it.
    line.lost();
    connected = true;
    logger.info({ live: recordings.all().length, sealed: sealed.list().length }, 'application connected');
    send({
      type: 'welcome',
      recorderPid: process.pid,
      live: live(),
      sealed: sealed.list(),
      interrupted: interrupted.list(),
      overdueChecks: checks.takeOverdue(),
    });
  }

  /**
   * A shard that becomes ready may carry a gateway session that knows nothing of our voice connection: discord.js keeps
   * its session in memory, so a new application identifies afresh. Discord drops a voice session whose gateway session
   * is gone, so the recorder asks for the same channel at once; the session goes on over the new connection.
   */
  function shard(guildId: string, ready: boolean, resumed: boolean): void {
    const before = line.ready(guildId);
    line.setReady(guildId, ready);
    // With the gateway session of before, Discord's voice session stands too.
    if (ready && !before && !resumed) recordings.inGuild(guildId)?.gatewayBack();
  }

  async function handle(message: ToRecorder): Promise<void> {
    switch (message.type) {
      case 'hello':
        hello(message.protocolVersion);
        return;
      case 'could-start':
      case 'start':
      case 'stopping':
      case 'stop':
      case 'resume':
      case 'seal':
      case 'marker':
      case 'check':
      case 'play':
      case 'erase':
        await request(message);
        return;
      case 'check-done':
        await checks.done(message.sessionId);
        return;
      case 'person':
        recordings.byId(message.sessionId).person(message.person);
        return;
      case 'consent':
        recordings.inGuild(message.guildId)?.consent(message.userId, message.refused);
        return;
      case 'told':
        recordings.byId(message.sessionId).told(message);
        return;
      case 'sound-effect':
        recordings
          .byId(message.sessionId)
          .note({ type: 'sound-effect', userId: message.userId, name: message.name });
        return;
      case 'shard':
        shard(message.guildId, message.ready, message.resumed ?? false);
        return;
      case 'gone':
        recordings.inGuild(message.guildId)?.gone(message.channelId);
        return;
      case 'voice-state':
        recordings.inGuild(message.guildId)?.voiceState(message.payload);
        return;
      case 'voice-server':
        recordings.inGuild(message.guildId)?.voiceServer(message.payload);
        return;
      case 'acknowledge':
        await sealed.acknowledge(message.sessionId);
        return;
    }
  }

  return {
    receive(message) {
      const parsed = toRecorder.safeParse(message);
      if (!parsed.success) {
        logger.error({ err: parsed.error }, 'a message of the application could not be understood');
        return;
      }
      handle(parsed.data).catch((error: unknown) => {
        logger.warn(
          { err: error, type: parsed.data.type },
          'a message of the application could not be followed',
        );
      });
    },
    applicationLost() {
      connected = false;
      line.lost();
      checks.abandon();
      for (const session of recordings.all()) session.endIfAsked();
    },
    live,
    counts(sessionId) {
      return recordings
        .all()
        .find((session) => session.request.sessionId === sessionId)
        ?.counts();
    },
    async stop(lastly) {
      disk.close();
      await Promise.all([interrupted.close(), recordings.close()]);
      await checks.close();
      await retries.close();
      clearInterval(ticking);
      clearInterval(reporting);
      await lastly?.();
      unlock();
    },
  };
}

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { afterDeath } from '../../recorder/application.ts';
import type { Death } from '../../recorder/application.ts';
import { openRecorderCore } from '../../recorder/core.ts';
import { startRecorder } from '../../recorder/main.ts';
import type { Recorder } from '../../recorder/main.ts';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { realClock } from '../../src/simulator/clock.ts';
import { startVoiceServer } from '../../src/simulator/voice/voice-server.ts';
import { botId, channelId, collectLogs, guildId, speech, until } from './voice/call.ts';

const processes = path.join(import.meta.dirname, 'processes');
const applicationPath = path.join(processes, 'application.ts');
const quiet = collectLogs().logger;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-recorder-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const death: Death = { code: 1, greeted: true, livedMs: 1_000, earlier: 0, liveSessions: 0 };
test.each<[string, Partial<Death>, ReturnType<typeof afterDeath>]>([
  ['a crash', {}, { forkInMs: 250 }],
  ['killed', { code: null }, { forkInMs: 250 }],
  ['a third crash', { earlier: 2 }, { forkInMs: 1_000 }],
  ['a hundredth crash', { earlier: 99 }, { forkInMs: 30_000 }],
  ['a crash after a good while', { earlier: 99, livedMs: 30_000 }, { forkInMs: 250 }],
  ['done', { code: 0 }, { exitCode: 0 }],
  ['a wrong setting', { code: 2, greeted: false }, { exitCode: 2 }],
  ['done, with a session running', { code: 0, liveSessions: 1 }, { forkInMs: 250 }],
  ['never came up', { greeted: false, earlier: 5 }, { exitCode: 1 }],
  [
    'never came up, with a session running',
    { greeted: false, earlier: 5, liveSessions: 1 },
    { forkInMs: 8_000 },
  ],
])('after %s', (_name, more, expected) => {
  expect(afterDeath({ ...death, ...more }, 0.5)).toEqual(expected);
});

test.each([0, 2])('an application that exits with %i ends the recorder with it', async (code) => {
  const recorder = await startRecorder({
    dataFolder: await makeFolder(),
    logger: quiet,
    handleSignals: false,
    application: { modulePath: applicationPath, args: [`exit ${code}`] },
  });
  expect(await recorder.done).toEqual({ exitCode: code });
});

/** A recorder with an application of its own records somebody who speaks for three seconds, while `happen` does. */
async function recordWhile(happen: (recorder: Recorder, messages: string[]) => Promise<void>) {
  const clock = realClock();
  const voice = await startVoiceServer({ clock });
  const room = voice.room(guildId, channelId);
  voice.expect({ guildId, channelId, userId: botId, sessionId: 's', token: 't' });
  const dataFolder = await makeFolder();
  const { logger, logged } = collectLogs();
  const recorder = await startRecorder({
    dataFolder,
    logger,
    handleSignals: false,
    diskFloorBytes: 0,
    statusEveryMs: 5,
    voiceCaPems: [voice.caPem],
    application: { modulePath: applicationPath, args: ['run', voice.endpoint, guildId, botId] },
  });
  cleanUps.push(
    () => voice.close(),
    () => recorder.stop('test'),
  );
  const sessionId = crypto.randomUUID();
  const person = { userId: '1', displayName: 'Host', bot: false };
  const session = {
    ...{ sessionId, guildId, channelId, selfUserId: botId, title: 'A talk', startedBy: person, people: [] },
    notice: { channelId, messageId: '1', atMs: 1 },
  };
  const startUs = clock.nowUs();
  await until(() => logged.some((line) => line.includes('application connected')), 'the application is up');
  recorder.core.receive({ type: 'start', requestId: 'r', session });
  await until(() => recorder.core.live()[0]?.state === 'recording', 'the session records');

  const said = room.addSpeaker('300000000000000001').speak(speech(150, 1));
  await new Promise((resolve) => setTimeout(resolve, 600));
  await happen(recorder, logged);
  await said;
  expect(recorder.core.live()).toMatchObject([{ sessionId, state: 'recording' }]);
  await recorder.stop('test');

  const recorded = await readSession(path.join(dataFolder, 'sessions', sessionId));
  const kept = await Array.fromAsync(readTrackPackets(recorded.tracks[0]!));
  const truth = room.truth.of('300000000000000001');
  expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(truth.map(({ opus }) => Buffer.from(opus)));
  // One constant for the whole session: the start of its clock, and the way through the loopback.
  const offsets = kept
    .map((packet, index) => packet.startUs - (truth[index]!.dueUs - startUs))
    .sort((a, b) => a - b);
  expect(offsets.at(-1)! - offsets[0]!).toBeLessThanOrEqual(5_000);
  return recorded;
}

test('the application is killed in mid-sentence: it is forked again, and no packet is lost', async () => {
  let [first, next]: (number | undefined)[] = [];
  await recordWhile(async (recorder, logged) => {
    first = recorder.applicationPid()!;
    process.kill(first, 'SIGKILL');
    await until(() => logged.filter((line) => line.includes('application started')).length > 1, 'another is');
    next = recorder.applicationPid();
  });
  expect(next).not.toBe(first);
});

test('the application stands still for two seconds in mid-sentence: it stays the one it was, and no packet is lost', async () => {
  const { markers } = await recordWhile(async (recorder, logged) => {
    const pid = recorder.applicationPid()!;
    const { sessionId } = recorder.core.live()[0]!;
    process.kill(pid, 'SIGSTOP');
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      // What it had asked for before is done all the same; what it is told of waits.
      recorder.core.receive({ type: 'marker', requestId: 'm', sessionId, name: 'Meanwhile', byUserId: '1' });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(recorder.applicationPid()).toBe(pid);
    expect(logged.some((line) => line.includes('application ended'))).toBe(false);
  });
  expect(markers.map(({ name }) => name)).toEqual(['Meanwhile']);
});

test('a second recorder on the same data folder is refused, and told who has it', async () => {
  const dataFolder = await makeFolder();
  const first = await openRecorderCore({ dataFolder, logger: quiet, send: () => undefined });
  const second = openRecorderCore({ dataFolder, logger: quiet, send: () => undefined });
  await expect(second).rejects.toThrow(`in use by process ${process.pid} (the recorder)`);
  await first.stop();
  const third = await openRecorderCore({ dataFolder, logger: quiet, send: () => undefined });
  await third.stop();
});

type RecorderProcess = ChildProcessByStdio<null, Readable, null>;

async function startProcess(dataFolder: string, behaviour = 'run') {
  const child: RecorderProcess = spawn(
    process.execPath,
    [path.join(processes, 'recorder.ts'), dataFolder, behaviour],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  cleanUps.push(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes('"up"'), 'the recorder is up');
  return { child, exited, output: () => output };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the recorder and its application in order',
  async (signal) => {
    const { child, exited, output } = await startProcess(await makeFolder());
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(output()).toContain('recorder is stopping');
  },
);

test('a signal that comes while the recorder starts ends it as soon as it has, without an application', async () => {
  const { exited, output } = await startProcess(await makeFolder(), 'signalled');
  expect(await exited).toEqual([0, null]);
  expect(output()).toContain('recorder is stopping');
  expect(output()).not.toContain('application connected');
});

test('an application that will not close is ended', async () => {
  const { child, exited, output } = await startProcess(await makeFolder(), 'deaf');
  await until(() => output().includes('application connected'), 'the application is up');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(output()).toContain('did not close in time');
});

test('a dead reader of its output and a fault nobody caught do not end it', async () => {
  const { child, exited } = await startProcess(await makeFolder());
  child.stdout.destroy();
  child.kill('SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

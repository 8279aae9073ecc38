/** Sessions that a crash left unsealed: all are found, whichever server they are of, and nobody's silence leaves them open. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createInterruptedSessions } from '../../recorder/interrupted-sessions.ts';
import { openRecorderCore, type RecorderCoreOptions } from '../../recorder/core.ts';
import { requestErasure } from '../../recorder/session/wishes.ts';
import { readSession } from '../../recorder/session/reader.ts';
import { readInterruption } from '../../recorder/session/resume.ts';
import { openSessionWriter, type SessionWriter } from '../../recorder/session/writer.ts';
import { PERFECT, seededRandom, send } from './support/network.ts';
import { manualClock } from './support/sample-session.ts';
import { scratchFolder } from './support/scratch.ts';
import { botId, channelId, collectLogs, guildId, playApplication } from './voice/call.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** What `kill -9` leaves of a recorder: two seconds of one speaker, and no seal. */
function leaveBehind(
  dataFolder: string,
  guild = guildId,
  lastly: (writer: SessionWriter) => void = () => undefined,
): string {
  const sessionId = randomUUID();
  const clock = manualClock();
  const startedAtMs = Date.now() - 60_000;
  const header = { sessionId, guildId: guild, channelId, title: 'A talk', startedAtMs, startedByUserId: '1' };
  const writer = openSessionWriter(path.join(dataFolder, 'sessions', sessionId), header, clock);
  for (const { received } of send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, seededRandom(1))) {
    clock.set(received.arrivalUs);
    writer.receive(received);
    writer.tick();
  }
  lastly(writer);
  return sessionId;
}

async function open(dataFolder: string, options: Partial<RecorderCoreOptions> = {}) {
  const { logger, logged } = collectLogs();
  const core = await openRecorderCore({
    ...{ dataFolder, logger, diskFloorBytes: 0 },
    send: (message) => app.send(message),
    ...options,
  });
  cleanUps.push(() => core.stop());
  const app = playApplication(
    { expect: () => undefined, endpoint: '' },
    (message) => core.receive(message),
    () => core.applicationLost(),
  );
  return { core, app, logged };
}

const requestOf = (sessionId: string) => ({
  ...{ sessionId, guildId, channelId, selfUserId: botId, title: 'A talk', people: [] },
  startedBy: { userId: '1', displayName: 'Host', bot: false },
  notice: { channelId, messageId: '5', atMs: 1 },
});

test('those of several servers are all told, and stay as they are until the application has looked', async () => {
  const dataFolder = scratchFolder();
  const ids = ['41', '42', '43'].map((guild) => leaveBehind(dataFolder, guild));
  await mkdir(path.join(dataFolder, 'sessions', 'not-a-session'));
  await writeFile(path.join(dataFolder, 'sessions', 'not-a-folder'), '');
  const { app, logged } = await open(dataFolder);
  app.connect();
  const { interrupted, sealed } = await app.next('welcome');
  expect(interrupted.map(({ sessionId }) => sessionId).sort()).toEqual(ids.sort());
  expect(interrupted.map((session) => session.guildId).sort()).toEqual(['41', '42', '43']);
  expect(interrupted[0]).toMatchObject({ channelId, title: 'A talk', startedByUserId: '1' });
  expect(interrupted[0]!.interruptedAtMs - interrupted[0]!.startedAtMs).toBeCloseTo(2_000, -3);
  expect(sealed).toEqual([]);
  for (const id of ids)
    expect(await readSession(path.join(dataFolder, 'sessions', id))).toMatchObject({ sealed: false });
  expect(logged.filter((line) => line.includes('not-a-session'))).toHaveLength(1);
});

test('“seal” ends one with what it has; a second “seal” finds nothing', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const { app, core } = await open(dataFolder);
  app.connect();
  core.receive({ type: 'seal', requestId: 'a', sessionId });
  expect((await app.next('stopped')).session).toMatchObject({ sessionId, reason: 'recovered', speakers: 1 });
  expect((await app.next('sealed')).session.sessionId).toBe(sessionId);
  core.receive({ type: 'seal', requestId: 'b', sessionId });
  expect(await app.next('refused')).toMatchObject({ requestId: 'b', code: 'unknown-session' });
});

test('without the application’s word it is sealed, and told when the application comes', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const { app, core, logged } = await open(dataFolder, { interruptedLimitMs: 1 });
  await expect.poll(() => logged.some((line) => line.includes('was sealed'))).toBe(true);
  // An application of another release cannot say anything; neither does it end anything.
  core.receive({ type: 'hello', protocolVersion: 99 });
  expect(app.messages).toEqual([]);
  app.connect();
  const { interrupted, sealed } = await app.next('welcome');
  expect(interrupted).toEqual([]);
  expect(sealed).toMatchObject([{ sessionId, reason: 'recovered' }]);
});

test('a recorder that ends waits for what it seals at the time', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const sessionsFolder = path.join(dataFolder, 'sessions');
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const sealed: string[] = [];
  const interrupted = createInterruptedSessions({
    ...{ sessionsFolder, limitMs: 1, logger: collectLogs().logger },
    found: [(await readInterruption(path.join(sessionsFolder, sessionId)))!],
    async inTurn(_folder, work) {
      begin();
      await held;
      return work();
    },
    onSealed: (session) => void sealed.push(session.sessionId),
    onSealFailed: () => undefined,
  });
  await begun;
  const closing = interrupted.close().then(() => [...sealed]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  letGo();
  expect(await closing).toEqual([sessionId]);
});

test('“resume” goes on at once, in the same folder, and waits for the channel as long as it takes', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const { app, core } = await open(dataFolder);
  app.answers = 'never';
  app.connect();
  core.receive({ type: 'resume', requestId: 'a', session: requestOf(sessionId) });
  const { startedAtMs } = await app.next('started');
  expect(startedAtMs).toBe((await app.next('welcome')).interrupted[0]!.startedAtMs);
  expect(core.live()).toMatchObject([{ sessionId, state: 'reconnecting', startedAtMs }]);
  expect(core.live()[0]!.elapsedUs).toBeGreaterThan(59e6);
  core.receive({ type: 'stop', requestId: 'b', sessionId });
  expect((await app.next('stopped')).session).toMatchObject({ sessionId, reason: 'stop', speakers: 1 });
  const { gaps, durationUs } = await readSession(path.join(dataFolder, 'sessions', sessionId));
  // All of the time since the crash, without a break.
  const crash = gaps.filter(({ track, reason }) => track === 0 && reason === 'crash');
  expect(crash[0]!.startUs).toBeCloseTo(2e6, -5);
  expect(durationUs - crash.at(-1)!.endUs).toBeLessThan(20_000);
  for (const [index, { startUs }] of crash.entries())
    if (index > 0) expect(startUs - crash[index - 1]!.endUs).toBeLessThan(100_000);
});

test('who asked to be forgotten, or opted out, before the recorder was killed is not recorded when it goes on', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder, guildId, (writer) => {
    writer.note({ type: 'refused', userId: '7' });
    for (const type of ['refused', 'allowed']) writer.note({ type, userId: '8' });
  });
  await requestErasure(path.join(dataFolder, 'sessions', sessionId), '1');
  const { app, core } = await open(dataFolder);
  app.answers = 'never';
  app.connect();
  core.receive({
    ...{ type: 'resume', requestId: 'a' },
    session: { ...requestOf(sessionId), refusedUserIds: ['9'] },
  });
  await app.next('started');
  expect(core.live()[0]!.refusedUserIds?.toSorted()).toEqual(['1', '7', '9']);
  // Who changes their mind is heard again; what they had said goes all the same.
  core.receive({ type: 'consent', guildId, userId: '1', refused: false });
  expect(core.live()[0]!.refusedUserIds?.toSorted()).toEqual(['7', '9']);
  core.receive({ type: 'stop', requestId: 'b', sessionId });
  expect((await app.next('stopped')).session).toMatchObject({ speakers: 0, erasedTracks: 1 });
});

test('with too little disk it does not go on; it is still there to be sealed', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const { app, core } = await open(dataFolder, { diskFloorBytes: 2 ** 60 });
  app.connect();
  core.receive({ type: 'resume', requestId: 'a', session: requestOf(sessionId) });
  expect(await app.next('refused')).toMatchObject({ code: 'disk-full' });
  core.receive({ type: 'seal', requestId: 'b', sessionId });
  expect((await app.next('stopped')).session).toMatchObject({ sessionId });
});

test('somebody who begins anew in that server does not wait for it', async () => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  const { app, core } = await open(dataFolder, { joinTimeoutMs: 50 });
  app.answers = 'never';
  app.connect();
  core.receive({ type: 'start', requestId: 'a', session: requestOf(randomUUID()) });
  expect((await app.next('sealed')).session).toMatchObject({ sessionId, reason: 'recovered' });
  expect(await app.next('refused')).toMatchObject({ code: 'join-timeout' });
});

test.each([
  ['index', 1],
  ['opus', 0],
])('without its track’s .%s it is still a session, of what there is', async (extension, speakers) => {
  const dataFolder = scratchFolder();
  const sessionId = leaveBehind(dataFolder);
  // A redo log would make it anew.
  for (const name of ['redo-0.log', 'redo-1.log', `tracks/01.${extension}`])
    await rm(path.join(dataFolder, 'sessions', sessionId, name));
  const { app, core } = await open(dataFolder);
  app.connect();
  core.receive({ type: 'seal', requestId: 'a', sessionId });
  expect((await app.next('stopped')).session).toMatchObject({ sessionId, speakers });
});

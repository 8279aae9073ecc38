import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { guardDisk } from '../../recorder/disk-guard.ts';
import { type DiskSample, minutesLeft, rateOf, warningDue, watchDisk } from '../../recorder/disk-watch.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { readSession } from '../../recorder/session/reader.ts';
import { scratchFolder } from './support/scratch.ts';
import { botId, collectLogs, guildId, openCall, speech, until } from './voice/call.ts';

const MIB = 2 ** 20;

test.each([
  [{ freeBytes: 1000 * MIB, bytesPerSecond: 0 }, Infinity, undefined],
  [{ freeBytes: 1000 * MIB, bytesPerSecond: -MIB }, Infinity, undefined],
  [{ freeBytes: (128 + 1801) * MIB, bytesPerSecond: MIB }, 1801 / 60, undefined],
  [{ freeBytes: (128 + 1800) * MIB, bytesPerSecond: MIB }, 30, 30],
  [{ freeBytes: (128 + 601) * MIB, bytesPerSecond: MIB }, 601 / 60, 30],
  [{ freeBytes: (128 + 600) * MIB, bytesPerSecond: MIB }, 10, 10],
  [{ freeBytes: 128 * MIB, bytesPerSecond: 0 }, 0, 10],
  [{ freeBytes: 5, bytesPerSecond: 1 }, 0, 10],
])('%o with a reserve of 128 MiB', (space, minutes, due) => {
  const left = minutesLeft({ ...space, reserveBytes: 128 * MIB });
  expect(left).toBeCloseTo(minutes, 6);
  expect(warningDue(left)).toBe(due);
});

const sample = (seconds: number, freeBytes: number, writtenBytes: number): DiskSample => ({
  ...{ atMs: seconds * 1000, freeBytes, writtenBytes },
});
test.each<[string, DiskSample[], number | undefined]>([
  ['nothing yet', [], undefined],
  ['too short a while', [sample(0, 100, 0), sample(5, 50, 50)], undefined],
  ['what is free goes', [sample(0, 10_000, 0), sample(60, 4_000, 600)], 100],
  ['something else makes room meanwhile', [sample(0, 1_000, 0), sample(60, 9_000, 600)], 10],
])('the rate: %s', (_name, samples, expected) => {
  expect(rateOf(samples)).toBe(expected);
});

test('a host is told at 30 and at 10 minutes, once each, and everything ends before the reserve is touched', async () => {
  let atS = 0;
  let free = 5000 * MIB;
  let written = 0;
  const told: [number, string][] = [];
  const watch = watchDisk({
    ...{ folder: '/', reserveBytes: 128 * MIB, logger: collectLogs().logger },
    writtenBytes: () => written,
    onLow(minutes) {
      told.push([Math.round((free / MIB - 128) / 60), `${minutes} min`]);
      expect(watch.leftMs()).toBe(Math.round((free / MIB - 128) * 1000));
    },
    onFull: () => told.push([free / MIB, 'full']),
    freeBytes: () => Promise.resolve(free),
    nowMs: () => atS * 1000,
  });
  onTestFinished(() => watch.close());
  while (told.at(-1)?.[1] !== 'full') {
    await watch.look();
    atS += 1;
    written += MIB;
    free -= MIB;
  }
  expect(told).toEqual([
    [30, '30 min'],
    [10, '10 min'],
    [128, 'full'],
  ]);
});

test('the reserve is kept while there is room, and given up before the sessions are ended', async () => {
  const dataFolder = scratchFolder();
  mkdirSync(path.join(dataFolder, 'sessions'));
  const endedWith: string[][] = [];
  const disk = guardDisk({
    ...{ dataFolder, floorBytes: MIB, logger: collectLogs().logger, sessions: () => [] },
    onLow: () => undefined,
    endAll: () => Promise.resolve(void endedWith.push(readdirSync(dataFolder))),
  });
  onTestFinished(() => disk.close());
  await disk.requireSpace();
  expect(statSync(path.join(dataFolder, 'reserve')).size).toBe(MIB / 8);
  // What a file system could compress would be no room.
  expect(gzipSync(readFileSync(path.join(dataFolder, 'reserve'))).length).toBeGreaterThan(MIB / 8);
  disk.full();
  disk.full();
  await expect.poll(() => endedWith).toEqual([['sessions']]);
});

describe('a recorder', () => {
  let close: (() => Promise<unknown>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  test('ends every session by itself when only the reserve is left, and starts none', async () => {
    let free = 600 * MIB;
    const call = await openCall({ diskFloorBytes: 512 * MIB, freeBytes: () => Promise.resolve(free) });
    close = () => call.close();
    await call.start();
    const said = call.room.addSpeaker('300000000000000001').speak(speech(30, 1));
    await call.play(800_000);
    await said;
    free = 100 * MIB;
    expect((await call.app.next('sealed')).session).toMatchObject({ reason: 'disk-full', speakers: 1 });
    call.core.receive({ type: 'start', requestId: 'again', session: call.request() });
    expect(await call.app.next('refused')).toMatchObject({ code: 'disk-full' });
  });

  test('tells the application of each session when the disk will be full in 30 minutes, and in 10', async () => {
    // Beside the reserve of 128 MiB, and at each look of the watch: a minute has passed since the one before.
    const minutesLeft = [31, 30, 10];
    let isWatched = false;
    const call = await openCall({
      diskFloorBytes: 512 * MIB,
      async freeBytes() {
        const free = (128 + 60 * (minutesLeft[0] ?? 10)) * MIB;
        if (isWatched) {
          minutesLeft.shift();
          await call.clock.advance(60_000_000);
        }
        return free;
      },
    });
    close = () => call.close();
    const { sessionId } = await call.start();
    isWatched = true;
    const lows = () => call.app.messages.filter(({ type }) => type === 'warning');
    await expect.poll(lows, { timeout: 15_000 }).toMatchObject([
      { sessionId, code: 'disk-low-30' },
      { sessionId, code: 'disk-low-10' },
    ]);
    expect(call.core.live()[0]!.diskLeftMs).toBeLessThan(600_000);
  });

  const canMount = process.platform === 'linux' && process.getuid?.() === 0;
  test('on a file system of 2 MiB that something else fills: sealed with what it has, and readable', async ({
    skip,
  }) => {
    const mountPoint = path.join(scratchFolder(), 'small');
    mkdirSync(mountPoint);
    const mounted =
      canMount && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', mountPoint]).status === 0;
    skip(!mounted, 'this process may not mount a file system of its own');
    onTestFinished(() => void spawnSync('umount', ['-l', mountPoint]));
    const call = await openCall({ dataFolder: mountPoint, diskFloorBytes: 1.2 * MIB });
    close = () => call.close();
    const { sessionId } = await call.start();
    const said = call.room.addSpeaker('300000000000000001').speak(speech(400, 1));
    await call.play(1_000_000);
    const filler = path.join(mountPoint, 'filler');
    const { bavail, bsize } = statfsSync(mountPoint);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    // The session ends in the middle of this: nobody waits for what is sent after that.
    for (let turn = 0; turn < 500 && call.core.live().length > 0; turn += 1) {
      await call.clock.advance(20_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { session } = await call.app.next('sealed');
    expect(session).toMatchObject({ sessionId, reason: 'disk-full', speakers: 1 });
    void said;
    const read = await readSession(path.join(mountPoint, 'sessions', sessionId));
    expect(read.sealed).toBe(true);
    expect(read.tracks[0]!.packets).toBeGreaterThan(40);
    await until(() => call.core.live().length === 0, 'nothing runs any more');
    expect(call.room.connectedUserIds()).not.toContain(botId);
    rmSync(filler);
  });

  test('not one byte is left, and nobody saw it coming: the session is sealed in the reserve, and the catalog survives', async ({
    skip,
  }) => {
    const mountPoint = path.join(scratchFolder(), 'small');
    mkdirSync(mountPoint);
    const mounted =
      canMount && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'none', mountPoint]).status === 0;
    skip(!mounted, 'this process may not mount a file system of its own');
    onTestFinished(() => void spawnSync('umount', ['-l', mountPoint]));
    const { logger } = collectLogs();
    const open = () =>
      openCatalog({
        dataFolder: mountPoint,
        logger: {
          ...logger,
          fatal: (fields: object, message: string) => logger.error(fields, message),
        } as never,
      });
    let catalog = await open();
    const show = await catalog.shows.createDefaultFor({ id: guildId, name: 'Server' });
    // By the system's account there is plenty: somebody else takes it from one moment to the next.
    const call = await openCall({
      ...{ dataFolder: mountPoint, diskFloorBytes: 256 * MIB, freeBytes: () => Promise.resolve(1024 * MIB) },
    });
    close = async () => {
      await catalog.close();
      await call.close();
    };
    const { sessionId, startedAtMs } = await call.start();
    expect(statSync(path.join(mountPoint, 'reserve')).size).toBe(32 * MIB);
    await catalog.sessions.create({
      ...{ id: sessionId, guildId, showId: show.id, channelId: '2', title: 'A talk', startedBy: botId },
      startedAt: new Date(startedAtMs),
    });
    void call.room.addSpeaker('300000000000000001').speak(speech(600, 1));
    await call.play(1_000_000);
    const filler = openSync(path.join(mountPoint, 'filler'), 'w');
    expect(() => {
      for (const piece of [MIB, 4096]) for (;;) if (writeSync(filler, Buffer.alloc(piece)) < piece) break;
      writeSync(filler, Buffer.alloc(1));
    }).toThrow('ENOSPC');
    closeSync(filler);
    for (let turn = 0; turn < 500 && call.core.live().length > 0; turn += 1) {
      await call.clock.advance(20_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { session } = await call.app.next('sealed');
    expect(session).toMatchObject({ sessionId, reason: 'disk-full', speakers: 1 });
    const read = await readSession(path.join(mountPoint, 'sessions', sessionId));
    expect(read.sealed).toBe(true);
    expect(read.tracks[0]!.packets).toBeGreaterThan(40);
    // The disk is as full as before but for what was kept back, and the catalog takes the session all the same.
    await catalog.sessions.seal(sessionId, {
      endedAt: new Date(),
      durationUs: session.durationUs,
      speakers: 1,
    });
    await catalog.close();
    catalog = await open();
    expect(await catalog.sessions.byId(sessionId)).toMatchObject({ speakers: 1 });
  }, 60_000);
});

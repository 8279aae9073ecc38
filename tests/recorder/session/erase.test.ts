/** A person's tracks destroyed: nothing of them is left, nothing of anybody else is touched, whatever interrupts it. */
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { carryOutErasures, holdsVoiceOf } from '../../../recorder/session/erase.ts';
import { nodeFiles } from '../../../recorder/session/files.ts';
import type { Manifest } from '../../../recorder/session/model.ts';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { recoverSession } from '../../../recorder/session/recover.ts';
import { prepareToResume, readInterruption } from '../../../recorder/session/resume.ts';
import { erasuresAsked, requestErasure } from '../../../recorder/session/wishes.ts';
import { writeSampleSession } from '../support/sample-session.ts';
import { scratchFolder } from '../support/scratch.ts';

const ada = '500000000000000001';
const ben = '500000000000000002';
const talk = (first: number) => Array.from({ length: 40 }, (_, at) => Uint8Array.of(0xf8, first, at, 7, 7));

const sample = {
  guildId: '1',
  speakers: [
    { userId: ada, displayName: 'Ada', spurts: [{ startUs: 100_000, packets: talk(1) }] },
    { userId: ben, displayName: 'Ben', spurts: [{ startUs: 300_000, packets: talk(2) }] },
  ],
  markers: [{ atUs: 200_000, name: 'Welcome', byUserId: ada }],
};

async function packetsOf(folder: string, userId: string): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for (const track of (await readSession(folder)).tracks.filter((each) => each.userId === userId))
    for await (const { opus } of readTrackPackets(track)) packets.push(Uint8Array.from(opus));
  return packets;
}

async function everything(folder: string): Promise<Buffer> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name)))),
  );
}

async function expectGone(folder: string): Promise<void> {
  const bytes = await everything(folder);
  for (const trace of [ada, 'Ada', Buffer.from(talk(1)[5]!)]) expect(bytes.includes(trace)).toBe(false);
  const session = await readSession(folder);
  expect(session.tracks.map(({ number, userId }) => [number, userId])).toEqual([[2, ben]]);
  expect(session.erasedTracks).toBe(1);
  expect(session.markers).toEqual([{ atUs: 200_000, name: 'Welcome', byUserId: '0' }]);
  expect(await packetsOf(folder, ben)).toEqual(talk(2));
  const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  expect(manifest).toMatchObject({ reason: 'stop', erasedTracks: 1, tracks: [{ number: 2 }] });
  expect(await erasuresAsked(folder)).toEqual([]);
}

test('a track, its index, the name and the id are gone; the others stand', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, sample);
  await requestErasure(folder, ada);
  expect(await carryOutErasures(folder)).toMatchObject({ erasedTracks: 1 });
  await expectGone(folder);
  await expect(access(path.join(folder, 'tracks/01.opus'))).rejects.toThrow('ENOENT');
  // Asked again, or run again, there is nothing left to do.
  expect(await carryOutErasures(folder)).toBeUndefined();
  await requestErasure(folder, ada);
  await carryOutErasures(folder);
  await expectGone(folder);
});

test('before a file is removed all of it is written over, and that is on the disk', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, sample);
  await requestErasure(folder, ada);
  const left = new Map<string, Buffer>();
  const looking: typeof nodeFiles = {
    ...nodeFiles,
    open(file, how) {
      const opened = nodeFiles.open(file, how);
      return {
        ...opened,
        async sync() {
          await opened.sync();
          left.set(path.basename(file), await readFile(file));
        },
      };
    },
  };
  const sizes = await Promise.all(
    ['01.opus', '01.index'].map(async (name) => (await readFile(path.join(folder, 'tracks', name))).length),
  );
  await carryOutErasures(folder, looking);
  expect(left.get('01.opus')).toEqual(Buffer.alloc(sizes[0]!));
  expect(left.get('01.index')).toEqual(Buffer.alloc(sizes[1]!));
});

test('what was made of the track goes with it, and what was made of all; what was made of the others alone stays', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, sample);
  const derived = path.join(folder, 'derived');
  for (const name of ['01/transcript', '02/transcript', 'analysis'])
    await mkdir(path.join(derived, name), { recursive: true });
  for (const name of ['01/transcript/a.json', 'analysis/all', 'levels'])
    await writeFile(path.join(derived, name), `what ${ada} said`);
  await writeFile(path.join(derived, '02/transcript/b.json'), 'what Ben said');
  await requestErasure(folder, ada);
  await carryOutErasures(folder);
  await expectGone(folder);
  expect(await readdir(derived)).toEqual(['02']);
  expect(await readFile(path.join(derived, '02/transcript/b.json'), 'utf8')).toBe('what Ben said');
});

test('cut short after any write, it is finished by the next start', async () => {
  for (let cutAfter = 0; ; cutAfter += 1) {
    const folder = path.join(scratchFolder(), 'session');
    await writeSampleSession(folder, sample);
    await requestErasure(folder, ada);
    let steps = 0;
    const cut = () => {
      steps += 1;
      if (steps > cutAfter) throw new Error('power cut');
    };
    const failing: typeof nodeFiles = {
      ...nodeFiles,
      open(file, how) {
        cut();
        return nodeFiles.open(file, how);
      },
      rename(from, to) {
        cut();
        nodeFiles.rename(from, to);
      },
      syncFolder(at) {
        cut();
        return nodeFiles.syncFolder(at);
      },
    };
    const whole = await carryOutErasures(folder, failing).then(
      () => true,
      () => false,
    );
    await recoverSession(folder);
    await expectGone(folder);
    if (whole) {
      expect(cutAfter).toBeGreaterThan(5);
      return;
    }
  }
});

test('a session that was cut off by a crash is erased when it is sealed', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, { ...sample, seal: false });
  await requestErasure(folder, ada);
  await expect(carryOutErasures(folder)).rejects.toThrow('not sealed');
  expect(await recoverSession(folder)).toMatchObject({ reason: 'recovered', erasedTracks: 1 });
  expect((await everything(folder)).includes(ada)).toBe(false);
});

test('from the wish on nobody who reads a running session is shown the track, though it is destroyed at the end only', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, { ...sample, seal: false });
  await requestErasure(folder, ada);
  const session = await readSession(folder);
  expect(session.tracks.map(({ number }) => number)).toEqual([2]);
  expect(session.erasedTracks).toBe(1);
  await access(path.join(folder, 'tracks/01.opus'));
  // It is still known to hold the voice, and the number of the track is not given again.
  expect(await holdsVoiceOf(folder, [ada])).toBe(true);
  const interruption = await readInterruption(folder);
  expect(await prepareToResume(folder, interruption!)).toMatchObject({
    lastTrackNumber: 2,
    refusedUserIds: [ada],
    tracks: [{ number: 2 }],
  });
  await recoverSession(folder);
  expect(await holdsVoiceOf(folder, [ada])).toBe(false);
});

test('what is asked for while another wish is carried out stays asked for', async () => {
  const folder = path.join(scratchFolder(), 'session');
  await writeSampleSession(folder, sample);
  await requestErasure(folder, ada);
  let asked = false;
  const busy: typeof nodeFiles = {
    ...nodeFiles,
    async syncFolder(at) {
      await nodeFiles.syncFolder(at);
      if (!asked) await requestErasure(folder, ben);
      asked = true;
    },
  };
  await carryOutErasures(folder, busy);
  expect(await erasuresAsked(folder)).toEqual([ben]);
  // Its voice was not destroyed with the other's: whoever carries it out says so.
  expect(await holdsVoiceOf(folder, [ben])).toBe(true);
  expect((await recoverSession(folder)).tracks).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startRender } from '../../../src/mastering/index.ts';
import { requestFor } from '../support/sessions.ts';
import { temporaryFolder } from '../support/signals.ts';
import { checksums, ffmpegBut, recorded, twoVoices } from './support.ts';

const mount = (...rest: string[]): boolean => spawnSync('mount', rest).status === 0;

/** Only an administrator of Linux may, and not in every container: it is tried. */
function mayMount(): boolean {
  const point = mkdtempSync(path.join(tmpdir(), 'mount-'));
  const may = process.platform === 'linux' && mount('-t', 'tmpfs', 'none', point);
  if (may) spawnSync('umount', [point]);
  rmdirSync(point);
  return may;
}

/** A file system of its own, as small as that. */
async function fileSystem(megabytes: number): Promise<string> {
  const point = path.join(await temporaryFolder(), 'small');
  await mkdir(point);
  expect(mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', point)).toBe(true);
  onTestFinished(() => void spawnSync('umount', ['-l', point]));
  return point;
}

const may = mayMount();
beforeEach(({ skip }) =>
  skip(!may, 'This needs a small file system of its own, and this user may mount none.'),
);

test('a render that would not fit does not begin, and says how much is missing', async () => {
  const point = await fileSystem(200);
  const { folder } = await recorded(await twoVoices());
  const outputFolder = path.join(point, 'out');
  const percents: number[] = [];
  const render = startRender(
    { ...(await requestFor(folder)), outputFolder },
    { onProgress: (percent) => percents.push(percent) },
  );
  await expect(render).rejects.toMatchObject({ code: 'disk-full', retry: true });
  await expect(render).rejects.toThrow(/This needs up to \d+ MB .* \d+ MB are missing/);
  expect(percents).toEqual([]);
  expect(await readdir(outputFolder)).toEqual([]);
});

/** In the shell: once, the file system becomes as small as what stands in it and some bytes more. */
const shrink = (point: string, spareBytes: number): string => {
  const used = `$(df --output=used --block-size=1 ${point} | tail -n 1)`;
  return `mkdir ${point}-full && mount -o remount,size=$((${used} + ${spareBytes})) ${point}`;
};
/** Both tracks of `twoVoices`, decoded, fit into this; their master of 11 s does not. */
const TRACKS_BYTES = 2_400_000;

test.each([
  ['decodes', 'pcm_f32le', 4096],
  ['mixes', 'pcm_f32le', TRACKS_BYTES],
  ['encodes', 'libmp3lame', 4096],
])('a disk that fills while a render %s', async (_, word, spareBytes) => {
  const point = await fileSystem(400);
  const { folder } = await recorded(await twoVoices());
  const before = await checksums(folder);
  const outputFolder = path.join(point, 'out');
  const ffmpegPath = await ffmpegBut(word, shrink(point, spareBytes));
  const render = startRender({ ...(await requestFor(folder, { ffmpegPath })), outputFolder });
  await expect(render).rejects.toMatchObject({ code: 'disk-full', retry: true });
  expect(await readdir(outputFolder)).toEqual([]);
  expect(await checksums(folder)).toEqual(before);
});

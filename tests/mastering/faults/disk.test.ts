import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startRender } from '../../../src/mastering/index.ts';
import { requestFor } from '../support/sessions.ts';
import { temporaryFolder } from '../support/signals.ts';
import { checksums, recorded, twoVoices } from './support.ts';

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

const onOwnFileSystem = test.skipIf(!mayMount());

onOwnFileSystem('a render that would not fit does not begin, and says how much is missing', async () => {
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

onOwnFileSystem.each([
  ['decoding', 0],
  ['mixing', 25],
  ['encoding', 42],
])('a disk that fills while a render is %s', async (_, fromPercent) => {
  const point = await fileSystem(400);
  const { folder } = await recorded(await twoVoices());
  const before = await checksums(folder);
  const outputFolder = path.join(point, 'out');
  let full = false;
  const render = startRender(
    { ...(await requestFor(folder)), outputFolder },
    {
      onProgress(percent) {
        if (full || percent < fromPercent) return;
        full = true;
        // What others write is not to be waited for: the file system becomes as small as what stands in it.
        void statfs(point).then(({ blocks, bfree, bsize }) =>
          mount('-o', `remount,size=${(blocks - bfree) * bsize}`, point),
        );
      },
    },
  );
  await expect(render).rejects.toMatchObject({ code: 'disk-full', retry: true });
  expect(full).toBe(true);
  expect(await readdir(outputFolder)).toEqual([]);
  expect(await checksums(folder)).toEqual(before);
});

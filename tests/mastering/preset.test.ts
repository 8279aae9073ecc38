import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parsePreset, readPreset } from '../../src/mastering/preset.ts';
import { createProgress } from '../../src/mastering/progress.ts';
import { inPool } from '../../src/mastering/pool.ts';

const folder = path.join(import.meta.dirname, '../../templates/presets');

test.each(await readdir(folder))('%s can be used', async (file) => {
  const preset = await readPreset(path.basename(file, '.json'));
  for (const { ceilingDbtp } of preset.renditions) expect(ceilingDbtp).toBeLessThan(preset.truePeakDbtp);
});

test('the speech preset keeps the promise of the house', async () => {
  expect(await readPreset('speech')).toMatchObject({ targetLufs: -19, truePeakDbtp: -1 });
});

test('an unknown preset is named', async () => {
  await expect(readPreset('opera')).rejects.toMatchObject({ code: 'unknown-preset', retry: false });
});

test.each([
  ['no JSON', '{', /JSON/],
  ['a number out of range', '{"targetLufs": 5}', /targetLufs/],
])('a faulty preset says where: %s', (_, text, message) => {
  expect(() => parsePreset('mine', text)).toThrow(message);
});

test('progress only rises, and leaves 100 to the end', () => {
  const percents: number[] = [];
  const progress = createProgress((percent) => percents.push(percent));
  for (const [stage, share] of [
    ['decode', 0],
    ['decode', 1],
    ['decode', 0.5],
    ['encode', 0.001],
    ['encode', 7],
  ] as const)
    progress(stage, share);
  expect(percents).toEqual([0, 16, 40, 99]);
});

test('a pool keeps its width and the order of the answers', async () => {
  let running = 0;
  let widest = 0;
  const answers = await inPool([3, 1, 2], 2, async (turns) => {
    widest = Math.max(widest, (running += 1));
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    running -= 1;
    return turns * 10;
  });
  expect(answers).toEqual([30, 10, 20]);
  expect(widest).toBe(2);
});

test('a pool starts nothing after a failure', async () => {
  const started: number[] = [];
  const work = inPool([1, 2, 3], 1, (item) => {
    started.push(item);
    return item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item);
  });
  await expect(work).rejects.toThrow('two');
  expect(started).toEqual([1, 2]);
});

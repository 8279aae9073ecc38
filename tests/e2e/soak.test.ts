/** The short form of `npm run soak`: recorder, application and both are killed once, with two servers recording. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Must } from '../../bench/support/musts.ts';
import { prepareCatalog } from '../catalog/support/test-catalog.ts';
import { scratchFolder } from '../cli/support/command-line.ts';

test('kill -9 in mid-sentence: every session goes on as one, with all but the last 200 ms', async () => {
  const dataFolder = path.join(await scratchFolder(), 'data');
  await prepareCatalog(dataFolder);
  const args = ['bench/soak.ts', '--rounds', '3', '--servers', '2', '--forgive-stalls'];
  args.push('--data-folder', dataFolder);
  const run = promisify(execFile)(process.execPath, args);
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { bench: string; musts: Must[] };
  expect(last.bench).toBe('soak');
  expect(last.musts).toHaveLength(7);
  expect(
    last.musts.filter(({ ok }) => !ok),
    stdout,
  ).toEqual([]);
});

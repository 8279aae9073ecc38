import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Must } from '../../bench/support/musts.ts';

test('the short form holds its musts and says so in its last line', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/alignment.ts', '--short']);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { bench: string; musts: Must[] };
  expect(last.bench).toBe('alignment');
  // Two kinds of sender, four networks: sd, worst, file.
  expect(last.musts).toHaveLength(24);
  for (const { name, value, limit, ok } of last.musts)
    expect({ name, ok }).toEqual({ name, ok: value <= limit });
  expect(last.musts.filter(({ ok }) => !ok)).toEqual([]);
});

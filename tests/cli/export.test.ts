import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openPromise } from 'yauzl';
import { numberedOpus } from '../recorder/support/network.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { scratchFolder, STACK, stagecast } from './support/command-line.ts';

const speaker = (userId: string, displayName: string) => ({
  ...{ userId, displayName },
  spurts: [{ startUs: 0, packets: Array.from({ length: 50 }, (_, number) => numberedOpus(number, 0xf8, 8)) }],
});

test('a session by its id, a part of it, as one zip; and beside a catalog that others use', async () => {
  const data = await scratchFolder();
  await writeSampleSession(path.join(data, 'sessions', 'abc'), {
    ...{ title: 'Talk', startedAtMs: Date.parse('2026-11-22T23:00:00Z'), durationUs: 2_000_000 },
    speakers: [speaker('1', 'Ada'), speaker('2', 'נועה')],
  });
  const out = path.join(data, 'out');
  const env = { DATA_FOLDER: data };
  const words = ['export', 'abc', '--out', out, '--format', 'opus', '--time-zone', 'Asia/Tokyo'];
  const { stdout, stderr, exitCode } = await stagecast([...words, '--from', '0:00.5', '--zip'], env);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const name = '2026-11-23 Talk 00h00m00s-00h00m02s';
  expect(stdout).toBe(`${path.join(out, `${name} - tracks.zip`)}\n`);
  expect(await readdir(out)).toEqual([`${name} - tracks.zip`]);
  const zip = await openPromise(path.join(out, `${name} - tracks.zip`));
  const entries = [];
  for await (const { fileName } of zip.eachEntry()) entries.push(fileName);
  zip.close();
  expect(entries).toEqual([
    `${name} - 00 Read me.txt`,
    `${name} - 00 All tracks (Audacity).lof`,
    `${name} - 00 Project (Reaper).rpp`,
    `${name} - 01 Ada.opus`,
    `${name} - 02 נועה.opus`,
  ]);

  const late = await stagecast([...words, '--from', '1:00:00'], env);
  expect(late.stderr).toContain('The recording is 2 s long, and the part begins at 3600 s');
  expect(late.stderr).not.toMatch(STACK);
  expect(late.exitCode).toBe(1);

  for (const command of ['export', 'master']) {
    const nowhere = await stagecast([command, 'abc', '--out', '/proc/stagecast/out'], env, {
      limitMs: 15_000,
    });
    expect(nowhere.stderr).toMatch(/--out \/proc\/stagecast\/out cannot be used \(.*may write/);
    expect(nowhere.exitCode).toBe(2);
  }
});

test.each([
  [['export', 'nothing', '--out', 'x'], /no session "nothing"/],
  [['export', 'x', '--out', 'x', '--from', 'noon'], /h:mm:ss/],
  [['export', 'x', '--out', 'x', '--time-zone', 'Home'], /Europe\/Brussels/],
])('%j is answered in a sentence', async (words, sentence) => {
  const { stderr, exitCode } = await stagecast(words);
  expect(stderr).toMatch(sentence);
  // It is none of the settings that is wrong.
  expect(stderr).not.toMatch(/settings/);
  expect(stderr).not.toMatch(STACK);
  expect(exitCode).toBe(2);
});

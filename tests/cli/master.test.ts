import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { packetsOf } from '../mastering/support/sessions.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { scratchFolder, STACK, stagecast } from './support/command-line.ts';

test('a session is mastered into a folder by an edit, and a faulty edit is answered in a sentence', async () => {
  const data = await scratchFolder();
  const packets = (await packetsOf(voiceFile(lines[0]!))).slice(0, 150);
  await writeSampleSession(path.join(data, 'sessions', 'abc'), {
    ...{ title: 'Talk', durationUs: 10_000_000 },
    speakers: [{ userId: '1', spurts: [{ startUs: 2_000_000, packets }] }],
  });
  const [edit, out] = [path.join(data, 'edit.json'), path.join(data, 'out')];
  const words = ['master', 'abc', '--out', out, '--edit', edit];
  await writeFile(edit, JSON.stringify({ trim: { startUs: 1_500_000, endUs: 5_500_000 } }));
  const made = await stagecast(words, { DATA_FOLDER: data });
  expect({ stderr: made.stderr, exitCode: made.exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(made.stdout).toMatch(
    /^Talk: 10\.0 s recorded, 4\.0 s mastered\n.*episode\.mp3 .* LUFS, peak -\d+\.\d dBTP\n.*episode\.m4a /,
  );
  expect((await readdir(out)).sort()).toEqual(['episode.m4a', 'episode.mp3', 'report.json']);

  await writeFile(edit, JSON.stringify({ cuts: [{ startUs: 3, endUs: 2 }] }));
  const faulty = await stagecast(words, { DATA_FOLDER: data });
  expect(faulty.stderr).toMatch(/The edit cannot be used:[\s\S]*must end after it starts[\s\S]*cuts\[0\]/);
  await writeFile(edit, '{');
  const torn = await stagecast(words, { DATA_FOLDER: data });
  expect(torn.stderr).toMatch(/cannot be read as JSON/);
  for (const { stderr, exitCode } of [faulty, torn]) {
    expect(stderr).not.toMatch(STACK);
    expect(exitCode).not.toBe(0);
  }
});

/** Caption files as ffmpeg reads them; a browser's own reader is asked in tests/publisher/site/browser-transcript.test.ts. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { renderSrt, renderVtt } from '../../src/transcript/index.ts';
import { textOf } from '../../src/transcript/model.ts';
import { temporaryFolder } from '../mastering/support/signals.ts';
import { cue } from './support/pieces.ts';

const talk = [
  cue('Zoë 🎙️', 0.5, 3, 'Good evening, everybody.'),
  cue('مريم', 4, 6.25, 'مساء الخير جميعا'),
  cue('<b>R&D</b>', 61, 63, 'a < b && c > d'),
  cue('Zoë 🎙️', 3700, 3702.5, 'Until next week.'),
];
const run = promisify(execFile);

test.each([
  ['vtt', 'webvtt', renderVtt(talk)],
  ['srt', 'subrip', renderSrt(talk)],
])('%s: every cue at its time, without a complaint', async (ending, codec, text) => {
  const file = path.join(await temporaryFolder(), `talk.${ending}`);
  await writeFile(file, text);
  const show = ['-show_entries', 'stream=codec_name:packet=pts_time,duration_time', '-of', 'json'];
  const { stdout, stderr } = await run(process.env['FFPROBE_PATH'] ?? 'ffprobe', [
    ...['-v', 'warning', ...show],
    file,
  ]);
  expect(stderr).toBe('');
  const { packets, streams } = JSON.parse(stdout) as {
    packets: { pts_time: string; duration_time: string }[];
    streams: unknown[];
  };
  expect(streams).toEqual([{ codec_name: codec }]);
  const times = packets.map(({ pts_time: at, duration_time: length }) => [
    Number(at),
    Number(at) + Number(length),
  ]);
  expect(times).toEqual(talk.map(({ startUs, endUs }) => [startUs / 1e6, endUs / 1e6]));
});

test('srt: names and words come out as they went in, whatever they look like', async () => {
  const file = path.join(await temporaryFolder(), 'talk.srt');
  await writeFile(file, renderSrt(talk));
  const copy = ['-c:s', 'copy', '-f', 'srt', '-'];
  const { stdout } = await run(process.env['FFMPEG_PATH'] ?? 'ffmpeg', ['-v', 'error', '-i', file, ...copy]);
  expect(stdout.trimEnd()).toBe(renderSrt(talk).trimEnd());
  for (const { speaker, words } of talk.slice(0, 3))
    expect(stdout).toContain(`${speaker}: ${textOf({ words })}`);
});

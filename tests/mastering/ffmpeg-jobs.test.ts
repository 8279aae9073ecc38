import { expect, test } from 'vitest';
import type { FfmpegJob } from '../../src/mastering/ffmpeg.ts';
import { coverJob, decodeJob, encodeJob, measureJob } from '../../src/mastering/ffmpeg-jobs.ts';
import { readSummary } from '../../src/mastering/measure.ts';
import { encodedSeconds } from '../../src/mastering/rendition.ts';

const commandLine = ({ inputs, options, output }: FfmpegJob) =>
  [...inputs.flatMap((input) => [...input.options, '-i', input.path]), ...options, output].join(' ');
const order = {
  channels: 1 as const,
  bitrateKbps: 96,
  rawPath: 'm.f32',
  metadataPath: 'tags',
  trimDb: 0.456,
  coverPath: undefined,
};
const raw = '-hide_banner -nostdin -loglevel info -f f32le -ar 48000 -ac 1 -i m.f32 -f ffmetadata -i tags';
const filtered = '-map 0:a:0 -map_metadata 1 -map_chapters 1 -af aformat=channel_layouts=mono,volume=0.46dB';

test.each([
  [
    'mp3',
    encodeJob({ ...order, kind: 'mp3', output: 'e.mp3' }),
    `${raw} ${filtered} -c:a libmp3lame -b:a 96k -write_xing 1 -id3v2_version 3 -f mp3 e.mp3`,
  ],
  [
    'm4a with a cover',
    encodeJob({ ...order, kind: 'm4a', coverPath: 'c.jpg', output: 'e.m4a' }),
    `${raw} -f image2 -i c.jpg ${filtered} -c:a aac -aac_coder fast -b:a 96k -map 2:v:0 -c:v copy ` +
      '-disposition:v:0 attached_pic -metadata:s:v title=Album cover -metadata:s:v comment=Cover (front) ' +
      '-movflags +faststart -f ipod e.m4a',
  ],
  [
    'decode',
    decodeJob('1.opus', '1.f32'),
    '-hide_banner -nostdin -loglevel info -threads 1 -f ogg -i 1.opus -map 0:a:0 -c:a pcm_f32le -f f32le -ar 48000 -ac 1 1.f32',
  ],
  [
    'measure',
    measureJob('e.mp3'),
    '-hide_banner -nostdin -loglevel info -vn -i e.mp3 -map 0:a:0 -af ebur128=peak=true:framelog=verbose -f null -',
  ],
])('%s', (_, job, expected) => {
  expect(commandLine(job)).toBe(expected);
});

test('a cover is bounded before it is scaled', () => {
  const [input] = coverJob('a b.png', 'c.jpg').inputs;
  expect(input?.options).toContain('-max_pixels');
  expect(input?.path).toBe('a b.png');
});

const summary = (integrated: string, peak: string) => `[Parsed_ebur128_0 @ 0x55] Summary:

  Integrated loudness:
    I:         ${integrated} LUFS
    Threshold: -29.3 LUFS

  Loudness range:
    LRA:         3.1 LU
    Threshold: -39.3 LUFS
    LRA low:   -21.0 LUFS
    LRA high:  -17.9 LUFS

  True peak:
    Peak:       ${peak} dBFS`;

test.each([
  ['-19.0', '-2.6', { integratedLufs: -19, truePeakDbtp: -2.6, rangeLu: 3.1 }],
  ['-70.0', '-inf', { integratedLufs: -70, truePeakDbtp: -Infinity, rangeLu: 3.1 }],
])('the summary of ebur128 is read: %s LUFS, peak %s', (integrated, peak, expected) => {
  expect(readSummary(['  I: 1.0 LUFS', ...summary(integrated, peak).split('\n')])).toEqual(expected);
});

test('a summary without figures is an error', () => {
  expect(() => readSummary(['Conversion failed!'])).toThrow(/ebur128/);
});

test.each([
  ['size=     256kB time=01:02:03.50 bitrate=  96.0kbits/s speed=60x', 3723.5],
  ['size=       0kB time=N/A bitrate=N/A speed=N/A', null],
  ['Input #0, f32le', null],
])('progress is read from %s', (line, seconds) => expect(encodedSeconds(line)).toBe(seconds));

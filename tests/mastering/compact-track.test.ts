import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readOpusPackets } from '../../recorder/ogg/reader.ts';
import { readTrackPackets, type PlacedPacket } from '../../recorder/session/reader.ts';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { writeCompactTrack } from '../../src/mastering/compact-track.ts';
import { decodeJob } from '../../src/mastering/ffmpeg-jobs.ts';
import { FADE_SAMPLES, openTrackAudio } from '../../src/mastering/track-audio.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, packetsOf } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, temporaryFolder } from './support/signals.ts';

const silence = Uint8Array.of(0xf8, 0xff, 0xfe);

async function* placed(
  packets: readonly [startUs: number, opus: Uint8Array][],
): AsyncGenerator<PlacedPacket> {
  for (const [startUs, opus] of packets) yield await Promise.resolve({ startUs, durationUs: 20_000, opus });
}

test('silence is left out, and each run is led in by one frame of it', async () => {
  const file = path.join(await temporaryFolder(), 'compact.opus');
  // Longer than 255 bytes: its lacing takes several values.
  const [one, two, three] = [1, 2, 3].map((seed) =>
    Uint8Array.from({ length: 254 + seed }, (_, at) => (at === 0 ? 0xf8 : seed)),
  );
  const compact = await writeCompactTrack(
    placed([
      [0, one!],
      [20_000, two!],
      [40_000, silence],
      [5_000_000, silence],
      [5_020_000, three!],
    ]),
    file,
  );
  const written: Uint8Array[] = [];
  for await (const { opus } of readOpusPackets(file)) written.push(Uint8Array.from(opus));
  expect(written).toEqual([silence, one, two, silence, three]);
  expect(compact).toMatchObject({ packets: 3, samples: 5 * 960 });
  expect(compact.runs.map(({ at }) => at)).toEqual([-312, 240_960 - 312]);
});

test.each([
  ['nothing', []],
  ['only silence', [[0, silence]] as [number, Uint8Array][]],
])('%s makes no run', async (_, packets) => {
  const file = path.join(await temporaryFolder(), 'compact.opus');
  expect(await writeCompactTrack(placed(packets), file)).toMatchObject({ runs: [], packets: 0, samples: 0 });
});

test('what is decoded of speech alone equals the decoded track, sample for sample', async () => {
  const folder = await temporaryFolder();
  const [first, second] = lines.filter(({ speaker }) => speaker === 'samuel');
  const { tracks } = await writeSampleSession(path.join(folder, 'session'), {
    speakers: [
      {
        userId: '1',
        spurts: [
          { startUs: 500_000, packets: await packetsOf(voiceFile(first!)) },
          { startUs: 7_000_000, packets: await packetsOf(voiceFile(second!)) },
        ],
      },
    ],
  });
  const whole = await decodeFile(tracks[0]!.opusPath);
  const [compactPath, rawPath] = [path.join(folder, 'c.opus'), path.join(folder, 'c.f32')];
  const { runs } = await writeCompactTrack(readTrackPackets(tracks[0]!), compactPath);
  await ffmpegForTest().run(decodeJob(compactPath, rawPath));
  const audio = openTrackAudio(rawPath, runs);
  onTestFinished(() => audio.close());
  const heard = new Float32Array(whole.length);
  audio.addTo(heard, 0, 1);
  expect(runs).toHaveLength(2);
  for (const { at, end } of runs) {
    const inside = (signal: Float32Array) =>
      Buffer.from(signal.slice(at + FADE_SAMPLES, end - FADE_SAMPLES).buffer);
    expect(inside(heard).equals(inside(whole))).toBe(true);
    expect(inside(heard).some((byte) => byte !== 0)).toBe(true);
  }
});

test.each([
  ['mono packets', '0.2*sin(2*PI*440*t)'],
  ['stereo packets, as many clients send', '0.2*sin(2*PI*440*t)|0.2*sin(2*PI*440*t)'],
])('%s decode to the level that was spoken', async (_, expression) => {
  const folder = await temporaryFolder();
  const [compactPath, rawPath] = [path.join(folder, 'c.opus'), path.join(folder, 'c.f32')];
  const packets = await packetsFrom(expression, 1);
  const { samples } = await writeCompactTrack(
    placed(packets.map((opus, index) => [index * 20_000, opus])),
    compactPath,
  );
  await ffmpegForTest().run(decodeJob(compactPath, rawPath));
  const bytes = await readFile(rawPath);
  const heard = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  expect(heard).toHaveLength(samples);
  const middle = heard.subarray(20_000, 40_000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  expect(Math.sqrt(2 * power)).toBeCloseTo(0.2, 2);
});

import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { startRender } from '../../src/mastering/index.ts';
import { encodeAnalysis, parseAnalysis, type TrackAnalysis } from '../../src/mastering/kept/analysis.ts';
import { encodeLeveled, parseLeveled, type LeveledSession } from '../../src/mastering/kept/leveled.ts';
import { PEAKS_ZOOMS } from '../../src/mastering/peaks.ts';
import { peaksFolder } from '../../src/mastering/peaks-file.ts';
import { seededRandom } from '../recorder/support/network.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { readPeaks } from './support/peaks.ts';
import { packetsOf, requestFor } from './support/sessions.ts';
import { temporaryFolder } from './support/signals.ts';

const random = seededRandom(3);
const levels = Uint8Array.from({ length: 180_000 }, () => 100 + 60 * random());
const analysis: TrackAnalysis = {
  ...{
    engine: 'this one',
    trackBytes: 12,
    packets: 3,
    missingSamples: 0,
    stereo: false,
    channels: 1,
    levels,
  },
  cleaned: { key: 'k', denoised: true, levels: levels.map((code) => code + 4 * random() - 2) },
};

test('an analysis survives the disk, in at most a quarter of a megabyte for an hour', () => {
  const file = encodeAnalysis(analysis);
  // The worst: a microphone that is always open, and a different level every 20 ms.
  expect(file.length).toBeLessThan(250_000);
  expect(parseAnalysis(file)).toEqual(analysis);
  const plain = { ...analysis, cleaned: undefined };
  expect(parseAnalysis(encodeAnalysis(plain))).toEqual(plain);
});

test('what is cut short or damaged is no analysis', () => {
  const file = encodeAnalysis(analysis);
  for (const end of [0, 10, file.length / 2, file.length - 1])
    expect(parseAnalysis(file.subarray(0, end))).toBeUndefined();
  const other = Buffer.from(file);
  other.write('x', file.indexOf('"engine":') + 2);
  expect(parseAnalysis(other)).toBeUndefined();
});

const leveled: LeveledSession = {
  ...{ key: 'k', delaySamples: 1200, energies: Float32Array.from({ length: 601 }, random) },
  voices: [1, 2].map((track) => ({
    ...{
      track,
      channels: 1 as const,
      denoised: track === 2,
      own: Uint8Array.from({ length: 3005 }, () => Math.round(random())),
    },
    recorded: {
      level: { gainDb: random(), follow: Float32Array.from({ length: 61 }, random) },
      noiseLufs: track === 1 ? null : -60.5,
    },
    level: {
      ...{ gainDb: 3, follow: Float32Array.from({ length: 61 }, random) },
      measured: track === 1 ? null : { lufs: -23, seconds: 7 },
    },
  })),
};

test('what leveling decided survives the disk, under its key alone and whole alone', () => {
  const file = encodeLeveled(leveled);
  expect(parseLeveled(file, 'k')).toEqual(leveled);
  expect(parseLeveled(file, 'another')).toBeUndefined();
  for (const end of [0, 10, file.length / 2, file.length - 1])
    expect(parseLeveled(file.subarray(0, end), 'k')).toBeUndefined();
  const damaged = Buffer.from(file);
  damaged[file.length - 900]! ^= 1;
  expect(parseLeveled(damaged, 'k')).toBeUndefined();
});

async function session() {
  const folder = path.join(await temporaryFolder(), 'session');
  const speakers = await Promise.all(
    lines.slice(0, 3).map(async (line, index) => ({
      userId: `${index + 1}`,
      spurts: [{ startUs: index * 4_000_000, packets: await packetsOf(voiceFile(line)) }],
    })),
  );
  await writeSampleSession(folder, { speakers });
  return folder;
}

test(
  'a second render goes by what the first kept, and is bit-identical; so is one that finds it damaged',
  { timeout: 60_000 },
  async () => {
    const folder = await session();
    const renditionsOf = async () => {
      const request = await requestFor(folder);
      const { renditions } = await startRender(request);
      const report = JSON.parse(
        await readFile(path.join(request.outputFolder, 'report.json'), 'utf8'),
      ) as object;
      expect(report).toMatchObject({ analysis: { kept: true } });
      return renditions.map(({ sha256 }) => sha256);
    };
    const first = await renditionsOf();
    const derived = path.join(folder, 'derived');
    expect((await readdir(derived)).sort()).toEqual(['01', '02', '03', 'master']);
    const kept = path.join(derived, '01', 'analysis.bin');
    const before = await readFile(kept);
    expect(await renditionsOf()).toEqual(first);
    expect(await readFile(kept)).toEqual(before);
    await writeFile(kept, before.subarray(0, 100));
    await rm(path.join(derived, '02'), { recursive: true });
    expect(await renditionsOf()).toEqual(first);
    expect(await readFile(kept)).toEqual(before);
  },
);

test('outlines of every track and of the master stand beside the session', { timeout: 60_000 }, async () => {
  const folder = await session();
  const { durationUs } = await startRender(await requestFor(folder));
  for (const of of [1, 2, 3, 'master'] as const)
    for (const zoom of PEAKS_ZOOMS) {
      const peaks = await readPeaks(peaksFolder(folder, of), 'peaks', zoom);
      expect(Math.abs(peaks!.minMax.length / 2 - (durationUs * 0.048) / zoom)).toBeLessThanOrEqual(1);
      expect(Math.max(...peaks!.minMax)).toBeGreaterThan(5);
    }
});

test(
  'what a render left half-written in there, because it was killed, goes with the next one',
  {
    timeout: 60_000,
  },
  async () => {
    const folder = await session();
    const derived = path.join(folder, 'derived', '01');
    await mkdir(derived, { recursive: true });
    const [forgotten, fresh] = ['analysis.bin.a.draft', 'analysis.bin.b.draft'].map((name) =>
      path.join(derived, name),
    );
    for (const file of [forgotten!, fresh!]) await writeFile(file, 'half');
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(forgotten!, longAgo, longAgo);
    await startRender(await requestFor(folder));
    const left = (await readdir(derived)).filter((name) => name.endsWith('.draft'));
    // The other may be at work.
    expect(left).toEqual([path.basename(fresh!)]);
  },
);

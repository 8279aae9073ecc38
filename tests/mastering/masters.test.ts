import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { arrange } from '../../src/mastering/edits/arrangement.ts';
import { NO_EDIT } from '../../src/mastering/edits/edit.ts';
import type { FfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { createMasters } from '../../src/mastering/masters.ts';
import { render } from '../../src/mastering/render.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsOf, requestFor } from './support/sessions.ts';
import { ffmpegForTest, temporaryFolder } from './support/signals.ts';

/** Masters of a silent second. */
async function silentMasters() {
  const scratchFolder = await temporaryFolder();
  const arrangement = arrange({
    ...{ edit: NO_EDIT, durationUs: 1_000_000, tracks: [], voices: [], furniture: {}, overlapMs: 0 },
  });
  const mix = { lufs: -19, seconds: 1 };
  const masters = createMasters({
    ...{ tracks: [], sounds: [], channels: 1, targetLufs: null, arrangement, scratchFolder, gateDepthDb: 0 },
    leveling: { tracks: [], mix, targetLufs: null, trimDb: 0 },
    ...{ limiter: { lookAheadMs: 5, releaseMs: 80 }, breathe: () => Promise.resolve() },
  });
  return { masters, files: async () => (await readdir(scratchFolder)).sort() };
}

test('there are never more masters on the disk than renditions that need one', async () => {
  const { masters, files } = await silentMasters();
  const first = await masters(-3, 'mp3');
  expect(await masters(-3, 'm4a')).toBe(first);
  // The other one still needs the first; after that nobody does.
  await masters(-4, 'mp3');
  expect(await files()).toEqual(['master-3.00.f32', 'master-4.00.f32']);
  await Promise.all([masters(-5, 'm4a'), masters(-6, 'mp3')]);
  expect(await files()).toEqual(['master-5.00.f32', 'master-6.00.f32']);
  const again = await masters(-3, 'm4a');
  expect((await stat(again.rawPath)).size).toBe(48_000 * 4);
  expect(await files()).toEqual(['master-3.00.f32', 'master-6.00.f32']);
});

test('ceilings that their files do not tell apart are one master, made once', async () => {
  const { masters } = await silentMasters();
  const [once, twice] = await Promise.all([masters(-3 - 0.7 - 0.4, 'mp3'), masters(-4.1, 'm4a')]);
  expect(-3 - 0.7 - 0.4).not.toBe(-4.1);
  expect(twice).toBe(once);
});

/** The first file of a kind seems to peak far too high, as an encoder may have it. */
function withPeakyMp3(runner: FfmpegRunner): FfmpegRunner {
  let measured = 0;
  return {
    ...runner,
    run(job, onLine) {
      const isFirst = job.output === '-' && job.inputs[0]!.path.endsWith('.mp3') && (measured += 1) === 1;
      return runner.run(job, (line) =>
        onLine?.(isFirst ? line.replace(/Peak:.*dBFS/, 'Peak: 4.0 dBFS') : line),
      );
    },
  };
}

test(
  'a rendition of a master limited lower is brought to the target by that master’s own loudness',
  {
    timeout: 60_000,
  },
  async () => {
    const folder = path.join(await temporaryFolder(), 'session');
    const speakers = await Promise.all(
      lines.slice(0, 4).map(async (line, index) => ({
        userId: `${index + 1}`,
        spurts: [{ startUs: index * 6_000_000, packets: await packetsOf(voiceFile(line)) }],
      })),
    );
    await writeSampleSession(folder, { speakers });
    const request = { ...(await requestFor(folder)), edit: undefined };
    await mkdir(request.outputFolder, { recursive: true });
    const { signal } = new AbortController();
    const scratchFolder = await temporaryFolder();
    const ffmpeg = withPeakyMp3(ffmpegForTest());
    await render(request, { ffmpeg, scratchFolder, signal, onProgress: () => undefined });
    const report = JSON.parse(await readFile(path.join(request.outputFolder, 'report.json'), 'utf8')) as {
      renditions: { kind: string; encodings: number; integratedLufs: number }[];
    };
    const mp3 = report.renditions.find(({ kind }) => kind === 'mp3')!;
    expect(mp3.encodings).toBe(2);
    expect(Math.abs(mp3.integratedLufs + 19)).toBeLessThanOrEqual(0.25);
  },
);

test('measuring what was encoded is a part of the way, and is told', { timeout: 60_000 }, async () => {
  const folder = path.join(await temporaryFolder(), 'session');
  const packets = await packetsOf(voiceFile(lines[0]!));
  await writeSampleSession(folder, { speakers: [{ userId: '1', spurts: [{ startUs: 0, packets }] }] });
  const request = { ...(await requestFor(folder)), edit: undefined };
  await mkdir(request.outputFolder, { recursive: true });
  const runner = ffmpegForTest();
  const percents: number[] = [];
  const whenMeasured: number[] = [];
  const ffmpeg: FfmpegRunner = {
    ...runner,
    run(job, onLine) {
      if (job.output === '-') whenMeasured.push(percents.at(-1)!);
      return runner.run(job, onLine);
    },
  };
  const { signal } = new AbortController();
  const onProgress = (percent: number) => percents.push(percent);
  await render(request, { ffmpeg, scratchFolder: await temporaryFolder(), signal, onProgress });
  expect(whenMeasured).toHaveLength(2);
  expect(Math.max(...whenMeasured)).toBeLessThan(90);
  expect(percents.at(-1)).toBe(99);
});

import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readSession } from '../../recorder/session/reader.ts';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { stemBytes } from '../../src/mastering/exports/room.ts';
import { startExport, startRender } from '../../src/mastering/index.ts';
import { readPreset } from '../../src/mastering/preset.ts';
import { renderBytes } from '../../src/mastering/render-room.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsOf, requestFor } from './support/sessions.ts';
import { ffmpegForTest, temporaryFolder, toolPaths } from './support/signals.ts';

/** Three voices for half a minute. */
async function session(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  const speakers = await Promise.all(
    lines.slice(0, 3).map(async (line, index) => ({
      userId: `${index + 1}`,
      spurts: [{ startUs: index * 8_000_000, packets: await packetsOf(voiceFile(line)) }],
    })),
  );
  await writeSampleSession(folder, { speakers, durationUs: 30_000_000 });
  return folder;
}

async function introFile(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'intro.flac');
  await ffmpegForTest().run({
    inputs: [
      { options: ['-f', 'lavfi'], path: "aevalsrc='0.2*sin(2*PI*330*t)|0.2*sin(2*PI*550*t)':s=48000:d=9" },
    ],
    options: ['-map_metadata', '-1'],
    output: file,
  });
  return file;
}

/** What stands in a folder, at most, while work is done. */
async function mostBytes(folder: string, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  while (!state.isDone) {
    let bytes = 0;
    for (const name of await readdir(folder, { recursive: true }).catch(() => []))
      bytes += await lstat(path.join(folder, name)).then(
        (file) => (file.isFile() ? file.blocks * 512 : 0),
        () => 0,
      );
    most = Math.max(most, bytes);
    await wait(5);
  }
  await done;
  return most;
}

const edit = { tracks: [1, 2, 3].map((track) => ({ track, denoise: true })) };

test(
  'a render, with every track denoised, takes no more room than it asks for',
  { timeout: 90_000 },
  async () => {
    const folder = await session();
    const request = await requestFor(folder, { edit, preset: 'speech-low-data' });
    const used = await mostBytes(request.outputFolder, startRender(request));
    const asked = renderBytes({
      ...{ session: await readSession(folder), preset: await readPreset(request.preset), request },
    });
    expect(used).toBeLessThan(asked);
    // The masters alone are a third of that; had they not been seen, this would show nothing.
    expect(used).toBeGreaterThan(asked / 4);
  },
);

test('neither do stems, with every track denoised and an intro', { timeout: 90_000 }, async () => {
  const folder = await session();
  const outputFolder = path.join(await temporaryFolder(), 'out');
  const furniture = { introPath: await introFile() };
  const exported = startExport({
    ...{ sessionFolder: folder, outputFolder, format: 'flac', showTitle: 'Open Stage', timeZone: 'UTC' },
    ...{ ...toolPaths, processed: { preset: 'speech', edit, furniture } },
  });
  const used = await mostBytes(outputFolder, exported);
  const order = { format: 'flac', session: await readSession(folder), width: 2 } as const;
  const plain = stemBytes({ ...order, request: {} });
  // More than without the intro, because its stem is written too, but not more than with it.
  expect(used).toBeLessThan(stemBytes({ ...order, request: { furniture } }));
  expect(used).toBeGreaterThan(plain / 4);
});

test('stems ask for all that a master is prepared from, and for themselves', () => {
  const tracks = Array.from({ length: 10 }, () => ({
    spurts: [{ startUs: 0, endUs: 3600e6, packets: 1, byteOffset: 0 }],
  }));
  const order = { session: { durationUs: 3600e6, tracks }, request: {}, width: 2 };
  const second = 10 * 3600 * 48_000;
  const wav = stemBytes({ ...order, format: 'wav' });
  // Decoded, and denoised beside it, four bytes each; and three of every stem.
  expect(wav).toBeGreaterThan(second * (4 + 4 + 3));
  expect(wav).toBeLessThan(second * (4 + 4 + 3) * 1.15);
  expect(stemBytes({ ...order, format: 'flac' }) - wav).toBe(2 * 3600 * 48_000 * 4);
});

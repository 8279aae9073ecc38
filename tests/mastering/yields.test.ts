/** A recording comes first: what ffmpeg does for a render or an export makes room when one begins, and comes back after. */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { createFfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { startExport, startRender } from '../../src/mastering/index.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsOf, requestFor } from './support/sessions.ts';
import { temporaryFolder, toolPaths } from './support/signals.ts';

/** An ffmpeg that takes its time and writes down when it is at work: `+` and `-`, one a line, and how nice it is. */
async function watchedFfmpeg() {
  const folder = await temporaryFolder();
  const logFile = path.join(folder, 'log');
  const ffmpegPath = path.join(folder, 'ffmpeg');
  const script = `#!/bin/sh
echo "+ $(nice)" >> ${logFile}
sleep 0.7
${toolPaths.ffmpegPath} "$@"
code=$?
echo - >> ${logFile}
exit $code
`;
  await writeFile(ffmpegPath, script);
  await chmod(ffmpegPath, 0o755);
  const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : []);
  return { ffmpegPath, log, begun: () => log().filter((line) => line !== '-').length };
}

async function session(speakers: number): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  const packets = await packetsOf(voiceFile(lines[0]!));
  await writeSampleSession(folder, {
    speakers: Array.from({ length: speakers }, (_, index) => ({
      userId: `${index + 1}`,
      spurts: [{ startUs: index * 1_000_000, packets }],
    })),
  });
  return folder;
}

/** How many were at work after each line of the log. */
const atWork = (log: readonly string[]): number[] => {
  let running = 0;
  return log.map((line) => (running += line.startsWith('+') ? 1 : -1));
};

async function exportWith(ffmpegPath: string, atOnce: () => number | undefined): Promise<void> {
  const outputFolder = path.join(await temporaryFolder(), 'out');
  await startExport(
    {
      ...{ ...toolPaths, ffmpegPath, sessionFolder: await session(14), outputFolder },
      ...{ format: 'wav', showTitle: 'Open Stage', timeZone: 'UTC' },
    },
    { atOnce },
  );
}

test(
  'an export that a recording finds at work goes on with one ffmpeg at a time',
  { timeout: 60_000 },
  async () => {
    const { ffmpegPath, log, begun } = await watchedFfmpeg();
    await exportWith(ffmpegPath, () => (begun() >= 3 ? 1 : undefined));
    const running = atWork(log());
    expect(running).toHaveLength(28);
    expect(Math.max(...running.slice(0, 4))).toBe(2);
    // It is told within a second or so, and what runs then ends in peace.
    expect(Math.max(...running.slice(20))).toBe(1);
  },
);

test(
  'one that begins beside a recording takes more again when that is over',
  { timeout: 60_000 },
  async () => {
    const { ffmpegPath, log, begun } = await watchedFfmpeg();
    await exportWith(ffmpegPath, () => (begun() < 3 ? 1 : undefined));
    const running = atWork(log());
    expect(Math.max(...running.slice(0, 5))).toBe(1);
    expect(Math.max(...running)).toBe(2);
  },
);

test(
  'a render beside a recording runs one ffmpeg at a time, behind all else',
  { timeout: 60_000 },
  async () => {
    const { ffmpegPath, log } = await watchedFfmpeg();
    const request = await requestFor(await session(3), { ffmpegPath });
    await startRender(request, { atOnce: () => 1 });
    const said = log();
    expect(Math.max(...atWork(said))).toBe(1);
    expect(new Set(said.filter((line) => line !== '-'))).toEqual(new Set(['+ 19']));
  },
);

test('outside a render process, too, ffmpeg can be put behind all else', async () => {
  const { ffmpegPath, log } = await watchedFfmpeg();
  for (const yields of [false, true]) {
    const ffmpeg = createFfmpegRunner({ ...toolPaths, ffmpegPath }, undefined, { yields });
    await ffmpeg.run({
      inputs: [{ options: ['-f', 'lavfi'], path: 'anullsrc=r=48000' }],
      options: ['-t', '0.1', '-f', 'null'],
      output: '-',
    });
    ffmpeg.close();
  }
  expect(log()).toEqual(['+ 0', '-', '+ 19', '-']);
});

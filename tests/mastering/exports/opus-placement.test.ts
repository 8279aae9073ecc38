import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rawTrackEntries } from '../../../publisher/studio/raw-tracks.ts';
import { readSession } from '../../../recorder/session/reader.ts';
import { millisecondsOf, worstInOpusUs } from '../../../src/mastering/exports/opus-placement.ts';
import { startExport } from '../../../src/mastering/index.ts';
import { arrivals, PERFECT, seededRandom, send } from '../../recorder/support/network.ts';
import { placementErrors, startRecording } from '../../recorder/support/recording.ts';
import { scratchFolder } from '../../recorder/support/scratch.ts';
import { temporaryFolder, toolPaths } from '../support/signals.ts';

/** A voice of 20 ms packets that are 100 ppm apart from our clock: below zero they come too fast for it. */
async function recorded(driftPpm: number, packets: number, spurts: number) {
  const conditions = { ...PERFECT, driftPpm };
  const random = seededRandom(7);
  const talk = Array.from({ length: spurts }, (_, index) => ({ startUs: 1e6 + index * 40e6, packets }));
  const sent = send({ spurts: talk }, conditions, random);
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  recording.play(arrivals(sent, conditions, random));
  await recording.seal();
  const session = await readSession(folder);
  const errors = await placementErrors(session.tracks[0]!, sent);
  return { session, worstUs: Math.max(...errors.map(({ fileUs }) => Math.abs(fileUs))) };
}

test.each([
  { what: 'no pause, fast', driftPpm: -100, packets: 9_000, spurts: 1, leastUs: 15_000, mostUs: 20_500 },
  { what: 'no pause, slow', driftPpm: 100, packets: 9_000, spurts: 1, leastUs: 1_250, mostUs: 2_500 },
  { what: 'pauses, fast', driftPpm: -100, packets: 500, spurts: 8, leastUs: 1_250, mostUs: 2_500 },
])(
  '$what: the distance is that of the worst packet',
  async ({ driftPpm, packets, spurts, leastUs, mostUs }) => {
    const { session, worstUs } = await recorded(driftPpm, packets, spurts);
    const saidUs = await worstInOpusUs(session.tracks[0]!);
    expect(saidUs).toBeGreaterThanOrEqual(Math.max(worstUs - 1, leastUs));
    // A run's end is no packet's start: it may stand a little further.
    expect(saidUs).toBeLessThanOrEqual(Math.min(Math.max(worstUs, 1_250) + 100, mostUs));
  },
);

test('producers are told the distance, and where to find the tracks placed to the sample', async () => {
  const { session } = await recorded(-100, 9_000, 1);
  const said = millisecondsOf(await worstInOpusUs(session.tracks[0]!));
  const [readMe] = await rawTrackEntries(session, 'x');
  const text = Buffer.from(readMe!.source as Uint8Array).toString();
  expect(text).toContain(`each packet within ${said} of when it was said`);
  expect(text).toContain('Tracks as WAV or FLAC are placed to the sample');
  expect(text).toContain(`9000 packets, 0 lost, within ${said}`);

  const outputFolder = path.join(await temporaryFolder(), 'out');
  const common = { sessionFolder: session.folder, outputFolder, showTitle: 'Show', timeZone: 'UTC' };
  const { files } = await startExport({ ...common, format: 'opus', ...toolPaths });
  const page = files.find(({ name }) => name.endsWith('00 Read me.txt'))!;
  expect(await readFile(path.join(outputFolder, page.name), 'utf8')).toContain(
    `stands within ${said} of when it was said`,
  );
});

test('a track in which nothing was said is as good as the grid', async () => {
  expect(await worstInOpusUs({ opusPath: '/nowhere', spurts: [] })).toBe(1_250);
});

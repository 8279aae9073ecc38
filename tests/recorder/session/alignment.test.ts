import { expect, test } from 'vitest';
import { readSession } from '../../../recorder/session/reader.ts';
import { unsyncedFiles } from '../support/files.ts';
import { arrivals, type Conditions, conversation, PERFECT, seededRandom, send } from '../support/network.ts';
import { placementErrors, spread, startRecording } from '../support/recording.ts';
import { scratchFolder } from '../support/scratch.ts';

const MINUTES = 4;

async function errorsUnder(conditions: Conditions, seed: number) {
  const random = seededRandom(seed);
  const spurts = conversation(MINUTES * 60e6, random);
  // Both counters wrap within the first seconds.
  const sent = send({ spurts, sequence: 65_400, timestamp: 2 ** 32 - 100_000 }, conditions, random);
  const folder = scratchFolder();
  const recording = startRecording(`${folder}/session`);
  recording.play(arrivals(sent, conditions, random));
  recording.until(MINUTES * 60e6 + 1e6);
  await recording.seal();
  const [track] = (await readSession(`${folder}/session`)).tracks;
  const errors = await placementErrors(track!, sent);
  return { errors, sent, track: track! };
}

const cases = (['runOn', 'perPacket'] as const).flatMap((timestamps) =>
  [
    { loss: 0, jitterUs: 0 },
    { loss: 0, jitterUs: 5000 },
    { loss: 0.01, jitterUs: 5000 },
    { loss: 0.03, jitterUs: 15_000 },
  ].flatMap((network) =>
    [-60, 60].map((driftPpm) => ({ timestamps, driftPpm, duplicates: 0.01, ...network })),
  ),
);

test.each(cases)(
  '$timestamps, $loss lost, $jitterUs us of jitter, $driftPpm ppm: every packet kept, in place',
  async (conditions) => {
    const { errors, sent, track } = await errorsUnder(conditions, conditions.jitterUs + conditions.driftPpm);
    const came = sent.flatMap(({ lost }, number) => (lost ? [] : [number]));
    expect(errors.map(({ number }) => number)).toEqual(came);
    const lastCame = came.at(-1)!;
    expect(track.lost).toBe(lastCame + 1 - came[0]! - came.length);
    const index = spread(errors.map(({ indexUs }) => indexUs));
    const runsOn = conditions.timestamps === 'runOn';
    expect(index.sd).toBeLessThan(runsOn ? 1000 : 3000);
    expect(index.worst).toBeLessThan(runsOn ? 5000 : 20_000);
    const fileUs = Math.max(...errors.map((error) => Math.abs(error.fileUs)));
    expect(fileUs).toBeLessThanOrEqual(2500);
  },
);

test.each(['runOn', 'perPacket'] as const)(
  '%s, no jitter: within 1 ms of the truth, worst packet',
  async (timestamps) => {
    const { errors } = await errorsUnder({ ...PERFECT, timestamps }, 5);
    expect(errors.length).toBeGreaterThan(1000);
    for (const { indexUs, fileUs } of errors) {
      expect(Math.abs(indexUs)).toBeLessThan(1000);
      expect(Math.abs(fileUs)).toBeLessThanOrEqual(1251);
    }
  },
);

test.each([-100, 100])(
  'a clock %i ppm off for four hours: who says a word now and then stays in place to the end',
  async (driftPpm) => {
    const random = seededRandom(7);
    const conditions = { ...PERFECT, driftPpm, jitterUs: 3000 };
    // A word of two seconds each two minutes; by the end the sender's clock is 1.4 s off.
    const spurts = Array.from({ length: 120 }, (_, at) => ({ startUs: 5e6 + at * 120e6, packets: 100 }));
    const sent = send({ spurts }, conditions, random);
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder, { files: unsyncedFiles });
    recording.play(arrivals(sent, conditions, random));
    await recording.seal();
    const [track] = (await readSession(folder)).tracks;
    expect(track).toMatchObject({ packets: sent.length, lost: 0 });
    const settled = (await placementErrors(track!, sent)).filter(({ number }) => number > 500);
    expect(Math.max(...settled.map(({ indexUs }) => Math.abs(indexUs)))).toBeLessThan(5000);
    expect(Math.max(...settled.map(({ fileUs }) => Math.abs(fileUs)))).toBeLessThanOrEqual(2500);
  },
);

// Table of contents bytes (RFC 6716 section 3.1) and lengths: SILK and CELT, one frame and, at the end, several.
test.each([
  ['2.5 ms', 0xe0, 120],
  ['5 ms', 0xe8, 240],
  ['10 ms', 0xf0, 480],
  ['40 ms', 0x10, 1920],
  ['60 ms', 0x18, 2880],
])('frames of %s are placed', async (_name, toc, samples) => {
  const { errors, track, count } = await placed({ samples, toc });
  expect(track).toMatchObject({ packets: count, lost: 0 });
  for (const { indexUs, fileUs } of errors) {
    expect(Math.abs(indexUs)).toBeLessThan(1000);
    expect(Math.abs(fileUs)).toBeLessThanOrEqual(2500);
  }
});

test('packets of 120 ms, two frames of 60 each, are placed, and a lost one leaves a hole of its length', async () => {
  const { errors, track, gaps, sent } = await placed({ samples: 5760, toc: 0x19, opusBytes: 25 }, 7);
  expect(track).toMatchObject({ packets: sent.length - 1, lost: 1 });
  expect(errors).toHaveLength(sent.length - 1);
  for (const { indexUs, fileUs } of errors) {
    expect(Math.abs(indexUs)).toBeLessThan(1000);
    expect(Math.abs(fileUs)).toBeLessThanOrEqual(2500);
  }
  expect(gaps).toMatchObject([{ track: 1, reason: 'loss' }]);
  expect(gaps[0]!.endUs - gaps[0]!.startUs).toBe(120_000);
});

/** Two spurts of packets of one length, of which the network loses one. */
async function placed(talk: { samples: number; toc: number; opusBytes?: number }, lose?: number) {
  const count = Math.ceil(96_000 / talk.samples);
  const spurts = [1e6, 7_654_321].map((startUs) => ({ startUs, packets: count }));
  const sent = send({ ...talk, spurts }, PERFECT, seededRandom(1));
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder, { files: unsyncedFiles });
  recording.play(sent.filter((_, number) => number !== lose).map(({ received }) => received));
  await recording.seal();
  const { tracks, gaps } = await readSession(folder);
  const [track] = tracks;
  return { errors: await placementErrors(track!, sent), track: track!, gaps, sent, count: sent.length };
}

test.each([-100, 100])(
  'an open microphone for 20 minutes at %i ppm stays on the clock in the index',
  async (driftPpm) => {
    const random = seededRandom(driftPpm);
    const conditions = { ...PERFECT, driftPpm, jitterUs: 3000 };
    const sent = send({ spurts: [{ startUs: 1e6, packets: 60_000 }] }, conditions, random);
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    recording.play(arrivals(sent, conditions, random));
    await recording.seal();
    const [track] = (await readSession(folder)).tracks;
    const errors = await placementErrors(track!, sent);
    expect(errors).toHaveLength(60_000);
    const settled = errors.filter(({ number }) => number > 1500);
    expect(Math.max(...settled.map(({ indexUs }) => Math.abs(indexUs)))).toBeLessThan(2500);
    // Runs touch: readers see one stretch of speech.
    for (const [index, spurt] of track!.spurts.entries())
      if (index > 0) expect(spurt.startUs).toBe(track!.spurts[index - 1]!.endUs);
    // A slow clock leaves the file room to follow. A fast one does not: nothing is cut out of speech, so until its speaker
    // pauses the file falls behind the index by what the clock is fast, and by no more.
    const spokenUs = (number: number) => number * 20_000;
    for (const { number, fileUs } of errors) {
      const fastUs = driftPpm < 0 ? spokenUs(number) * -driftPpm * 1e-6 : 0;
      expect(fileUs).toBeLessThanOrEqual(fastUs + 2500);
      expect(fileUs).toBeGreaterThanOrEqual(-2500);
    }
    if (driftPpm < 0) expect(errors.at(-1)!.fileUs).toBeGreaterThan(spokenUs(60_000) * 100e-6 - 2500);
  },
);

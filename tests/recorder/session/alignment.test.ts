import { expect, test } from 'vitest';
import { readSession } from '../../../recorder/session/reader.ts';
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

import { expect, test } from 'vitest';
import { expectedLoudness, loudnessInMix, speakerLevels, spreadLu } from '../../src/mastering/gains.ts';
import { energyOf } from '../../src/mastering/loudness.ts';

const limits = { targetLufs: -19, minGainDb: -24, maxGainDb: 30 };

/** Energies by 100 ms from passages [from, to, LUFS] in seconds. */
function track(...passages: [from: number, to: number, lufs: number][]): Float32Array {
  const blocks = new Float32Array(600);
  for (const [from, to, lufs] of passages)
    for (let block = from * 10; block < to * 10; block += 1) blocks[block]! += energyOf(lufs);
  return blocks;
}
/** Windows that begin or end with a passage hold less than all of it, as in any gated measurement. */
function expectNear(actual: number | null | undefined, expected: number): void {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThan(0.2);
}
const gainsOf = (...tracks: Float32Array[]) => speakerLevels(tracks, limits).map(({ gainDb }) => gainDb);

test('speakers at different levels all reach the target', () => {
  const gains = gainsOf(track([0, 10, -12]), track([10, 20, -35]), track([20, 30, -22]));
  expectNear(gains[0], -7);
  expectNear(gains[1], 16);
  expectNear(gains[2], 3);
});

test('bleed of a loud neighbour is not measured as the speech of a quiet one', () => {
  const loud = track([0, 30, -14]);
  const quietWithBleed = track([0, 30, -40], [30, 40, -33]);
  const [, quiet] = gainsOf(loud, quietWithBleed);
  expectNear(quiet, 14);
});

test('a microphone that only carries others is left as it is', () => {
  const levels = speakerLevels([track([0, 30, -20]), track([0, 30, -45])], limits);
  expect(levels[1]).toEqual({ measured: null, gainDb: 0 });
});

test('noise in the pauses of a talk does not lower the measured speech', () => {
  const talk = track([0, 10, -25], [12, 20, -25]);
  const openMicrophone = track([0, 60, -55], [30, 40, -30]);
  const [first, second] = gainsOf(talk, openMicrophone);
  expectNear(first, 6);
  expectNear(second, 11);
});

test.each([
  ['a whisper', -60, 30],
  ['a shout', 8, -24],
])('gains stay within their limits: %s', (_, lufs, gainDb) => {
  expect(gainsOf(track([0, 10, lufs]))).toEqual([gainDb]);
});

test('silence has no level and no gain', () => {
  expect(speakerLevels([track()], limits)).toEqual([{ measured: null, gainDb: 0 }]);
  expect(speakerLevels([], limits)).toEqual([]);
  expect(expectedLoudness([], [])).toBeNull();
});

test('the expected mix adds what is spoken at once', () => {
  const tracks = [track([0, 10, -22]), track([0, 10, -22])];
  const unmoved = tracks.map(() => ({ measured: null, gainDb: 0 }));
  expectNear(expectedLoudness(tracks, unmoved)!.lufs, -19);
});

test('the spread is taken where each speaks alone', () => {
  const tracks = [track([0, 10, -20]), track([9, 20, -20]), track([30, 40, -50])];
  const levels = speakerLevels(tracks, limits);
  const mix = track([0, 9, -19], [9, 10, -16], [10, 20, -18], [30, 40, -20.5]);
  const inMix = loudnessInMix(mix, tracks, levels);
  for (const [index, lufs] of [-19, -18, -20.5].entries()) expectNear(inMix[index]?.lufs, lufs);
  expectNear(spreadLu(inMix), 2.5);
  expect(spreadLu([null, inMix[0]!])).toBeNull();
});

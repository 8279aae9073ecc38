import { expect, test } from 'vitest';
import { staticGainDb } from '../../../src/mastering/chain/compressor.ts';
import { createHighPass } from '../../../src/mastering/chain/high-pass.ts';
import { createVoiceChain, type VoiceSettings } from '../../../src/mastering/chain/voice-chain.ts';
import { decibels } from '../../../src/mastering/gains.ts';
import { toneDb } from '../support/tones.ts';
import { dullNoise, joined, noise, pieces, RATE, sine } from '../support/signals.ts';

const deEsser = { aboveHz: 4500, shareDb: -5, maxReductionDb: 6, releaseMs: 40 };
const compressor = { aboveTargetDb: 4, ratio: 2, kneeDb: 6, attackMs: 8, releaseMs: 150 };
const everything: VoiceSettings = { highPassHz: 75, deEsser, compressor };

function through(signal: Float32Array, settings: VoiceSettings, gain = 1, pieceSamples = 960): Float32Array {
  const chain = createVoiceChain(settings, -19);
  return joined(
    [...pieces(signal, pieceSamples)].map((piece) => {
      chain.process(piece, gain);
      return piece;
    }),
  );
}
const rms = (signal: Float32Array) =>
  Math.sqrt(signal.reduce((sum, each) => sum + each * each, 0) / signal.length);
/** Without the first half second, in which gains settle. */
const changeDb = (before: Float32Array, after: Float32Array) =>
  decibels(rms(after.subarray(RATE / 2)) / rms(before.subarray(RATE / 2)));

test.each([
  [20, -23, 0.3],
  [75, -3, 0.1],
  [150, -0.3, 0.1],
  [1000, 0, 0.05],
])('the high-pass at %i Hz', (hz, expectedDb, by) => {
  const signal = sine(2 * RATE, hz, 0.5);
  const output = new Float32Array(signal.length);
  createHighPass(75).filter(signal, output);
  expect(Math.abs(changeDb(signal, output) - expectedDb)).toBeLessThan(by);
});

test('a hiss is softened, by no more than the most; a dull voice is left alone, however loud', () => {
  const hiss = noise(RATE * 2, 0.3).map((sample, at, all) => sample - (all[at - 1] ?? 0));
  const softened = changeDb(hiss, through(hiss, { deEsser }));
  expect(softened).toBeLessThan(-3);
  expect(softened).toBeGreaterThan(-6.1);
  for (const amplitude of [0.02, 0.8]) {
    const voice = dullNoise(RATE * 2, amplitude);
    expect(Math.abs(changeDb(voice, through(voice, { deEsser })))).toBeLessThan(0.25);
  }
});

test.each([
  [5000, 1.5],
  [6000, 2.5],
  [7000, 3.4],
  [8000, 4],
  [12_000, 4.7],
])('an "s" at %i Hz loses at least %f dB, of the 5 by which it is sharper than it may be', (hz, leastDb) => {
  const sharp = sine(2 * RATE, hz, 0.3);
  const lostDb = -changeDb(sharp, through(sharp, { deEsser }));
  expect(lostDb).toBeGreaterThan(leastDb);
  expect(lostDb).toBeLessThan(5.1);
});

test('what is turned down with an "s" is turned down evenly: nothing is louder for it', () => {
  for (const hz of [200, 1000, 2000, 3000, 4000, 5000, 5500]) {
    const sharp = sine(2 * RATE, 11_000, 0.3);
    const both = sine(2 * RATE, hz, 0.03).map((sample, at) => sample + sharp[at]!);
    const output = through(both, { deEsser });
    expect(toneDb(output, hz, 1, 2) - toneDb(sine(2 * RATE, hz, 0.03), hz, 1, 2)).toBeLessThan(0.02);
  }
});

test('the curve of compression: nothing below the knee, the ratio above, no corner between', () => {
  expect(staticGainDb(-3.1, compressor)).toBe(0);
  expect(staticGainDb(10, compressor)).toBeCloseTo(-5, 6);
  for (const edge of [-3, 3])
    expect(staticGainDb(edge - 1e-6, compressor)).toBeCloseTo(staticGainDb(edge + 1e-6, compressor), 4);
});

test('compression goes by the level that a voice will have, not by the one it came with', () => {
  const tone = sine(RATE * 2, 1000, 0.01);
  const loud = 10 ** (31 / 20);
  // 0.01 is -43 dBFS as a mean square; 31 dB more are 3 dB above the threshold, at the end of the knee.
  expect(changeDb(tone, through(tone, { compressor }, 1))).toBeCloseTo(0, 3);
  expect(Math.abs(changeDb(tone, through(tone, { compressor }, loud)) + 1.5)).toBeLessThan(0.3);
});

test.each([48, 4800, 48_000])('pieces of %i samples give the same output as pieces of 20 ms', (size) => {
  const signal = dullNoise(RATE, 0.5);
  expect(through(signal.slice(), everything, 1, size)).toEqual(through(signal.slice(), everything, 1, 960));
});

test('nothing moves: an impulse stays on its sample', () => {
  const signal = dullNoise(RATE, 0.001);
  signal[24_000] = 0.9;
  const output = through(signal, everything);
  const peak = output.reduce(
    (best, sample, at) => (Math.abs(sample) > Math.abs(output[best]!) ? at : best),
    0,
  );
  expect(peak).toBe(24_000);
  expect(output[24_000]).toBeGreaterThan(0.5);
});

import { expect, test } from 'vitest';
import { followAt, linear, speakerLevel, spreadLu } from '../../src/mastering/gains.ts';
import { levelSession } from '../../src/mastering/leveling.ts';
import { blockEnergies } from '../../src/mastering/levels.ts';
import { energyOf, gatedLoudness } from '../../src/mastering/loudness.ts';
import { readPreset } from '../../src/mastering/preset.ts';
import { findTalk } from '../../src/mastering/talk.ts';
import { levelsOf, openMicrophone, spoken } from './support/speech.ts';

const preset = await readPreset('speech');
const limits = { targetLufs: -19, minGainDb: -24, maxGainDb: 30, followDb: 6 };
const leveled = (...tracks: Float64Array[]) => {
  const levels = tracks.map(levelsOf);
  return levelSession({ levels, talks: findTalk(levels), music: levels.map(() => false), preset });
};
const gainsOf = (...tracks: Float64Array[]) => leveled(...tracks).tracks.map(({ level }) => level.gainDb);

/** Windows that begin or end with a passage hold less than all of it, as in any gated measurement. */
function expectNear(actual: number | null | undefined, expected: number, by = 0.5): void {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThan(by);
}

test('speakers at different levels all reach the target', () => {
  const gains = gainsOf(spoken([0, 10, -12]), spoken([12, 22, -35]), spoken([24, 34, -22]));
  const [loud, quiet, plain] = gains;
  expectNear(quiet! - loud!, 23, 0.3);
  expectNear(plain! - loud!, 10, 0.3);
});

test('bleed of a loud neighbour is not measured as the speech of a quiet one', () => {
  const loud = spoken([0, 30, -14]);
  const alone = spoken([32, 44, -33]);
  const open = openMicrophone(alone, { hissLufs: -60, neighbour: loud, leakDb: 24 });
  expectNear(gainsOf(loud, open)[1], gainsOf(loud, alone)[1]!, 0.3);
});

test('a microphone that only carries others is left as it is, and turned down', () => {
  const loud = spoken([0, 30, -20]);
  const listener = openMicrophone(spoken(), { hissLufs: -60, neighbour: loud, leakDb: 20 });
  const { level, open } = leveled(loud, listener).tracks[1]!;
  expect(level).toMatchObject({ measured: null, gainDb: 0 });
  expect(Math.max(...open)).toBe(0);
});

test('a level that wanders is followed, within its limits', () => {
  const passages = Array.from({ length: 30 }, (_, n) => [2 * n, 2 * n + 2, -26 + (8 * n) / 30] as const);
  const { level } = leveled(spoken(...passages)).tracks[0]!;
  const blocks = blockEnergies(levelsOf(spoken(...passages)));
  const moved = blocks.map((energy, block) => energy * linear(followAt(level.follow, block / 10)) ** 2);
  const third = (of: Float32Array, from: number) =>
    gatedLoudness(of.subarray(from * 10, from * 10 + 150))!.lufs;
  expect(third(blocks, 43) - third(blocks, 2)).toBeGreaterThan(5);
  expect(Math.abs(third(moved, 43) - third(moved, 2))).toBeLessThan(1.6);
  const free = { ...limits, followDb: 0 };
  const solo = new Uint8Array(blocks.length - 3).fill(1);
  expect(Math.max(...speakerLevel(blocks, solo, free).follow)).toBe(0);
});

test('words at one level keep it', () => {
  const { follow } = leveled(spoken([0, 20, -24], [30, 50, -24])).tracks[0]!.level;
  for (const db of follow) expect(Math.abs(db)).toBeLessThan(0.3);
});

test.each([
  ['a whisper', -60, 30],
  ['a shout', 8, -24],
])('gains stay within their limits: %s', (_, lufs, gainDb) => {
  const blocks = new Float32Array(100).fill(energyOf(lufs));
  expect(speakerLevel(blocks, new Uint8Array(97).fill(1), limits).gainDb).toBe(gainDb);
});

test('silence has no level, and a session of it nothing to master', () => {
  const silence = speakerLevel(new Float32Array(600), new Uint8Array(597), limits);
  expect(silence).toMatchObject({ measured: null, gainDb: 0 });
  expect(() => leveled(spoken())).toThrow(/Nobody was heard/);
  expect(() => leveled()).toThrow(/Nobody was heard/);
});

test('the expected mix is what the leveled tracks add up to', () => {
  const { mix, trimDb, targetLufs } = leveled(spoken([0, 14, -22]), spoken([10, 24, -28]));
  expect(targetLufs).toBe(-19);
  // Four of 24 seconds hold both, each with its own energy.
  const lufs = -19 + 10 * Math.log10(28 / 24);
  expectNear(mix.lufs, lufs, 0.3);
  expectNear(trimDb, -19 - lufs, 0.3);
});

test('the spread is the largest minus the smallest of those who are heard', () => {
  const heard = [-19, -18, -20.5].map((lufs) => ({ lufs, seconds: 20 }));
  expectNear(spreadLu([...heard, null]), 2.5, 1e-9);
  expect(spreadLu([null, heard[0]!])).toBeNull();
});

test('what follows a level stays as it is before the session and after it', () => {
  const follow = Float32Array.of(2, 4);
  expect([-10, -0.02, 0, 0.5, 1, 30].map((seconds) => followAt(follow, seconds))).toEqual([2, 2, 2, 3, 4, 4]);
});

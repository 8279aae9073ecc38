import { expect, test } from 'vitest';
import { findTalk } from '../../src/mastering/talk.ts';
import { levelsOf, openMicrophone, share, spoken } from './support/speech.ts';

const loud = spoken([0, 30, -14], [44, 50, -14]);
const own = spoken([32, 42, -30], [45, 48, -30]);
const open = openMicrophone(own, { hissLufs: -58, neighbour: loud, leakDb: 32 });
const [first, second] = findTalk([levelsOf(loud), levelsOf(open)]);

test("a neighbour's voice in an open microphone is not its speaker's", () => {
  expect(share(second!.own, 0, 31)).toBe(0);
  expect(share(second!.own, 51, 60)).toBe(0);
});

test('a speaker is found alone, and while a neighbour speaks', () => {
  expect(share(second!.own, 32, 42)).toBeGreaterThan(0.9);
  expect(share(second!.own, 45, 48)).toBeGreaterThan(0.9);
  expect(share(first!.own, 0, 30)).toBeGreaterThan(0.9);
  expect(share(first!.own, 44, 50)).toBeGreaterThan(0.9);
});

test('an open microphone that only ever hears others has no speaker', () => {
  const listener = openMicrophone(spoken(), { hissLufs: -58, neighbour: loud, leakDb: 24 });
  expect(share(findTalk([levelsOf(loud), levelsOf(listener)])[1]!.own, 0, 60)).toBe(0);
});

test('a closed microphone hears nobody: what it sends while others speak is its speaker, however soft', () => {
  const interjections = spoken([5, 6, -38], [12, 13, -38], [20, 21, -38]);
  const [, third] = findTalk([levelsOf(loud), levelsOf(interjections)]);
  for (const at of [5, 12, 20]) expect(share(third!.own, at, at + 1)).toBeGreaterThan(0.9);
});

test('a steady tone has no pauses, and is all the speaker', () => {
  const tone = levelsOf(new Float64Array(3000).fill(1e-3));
  expect(share(findTalk([tone])[0]!.own, 0, 60)).toBeGreaterThan(0.99);
});

test('silence and nobody', () => {
  expect(findTalk([])).toEqual([]);
  expect(share(findTalk([new Uint8Array(3000)])[0]!.own, 0, 60)).toBe(0);
});

import { expect, test } from 'vitest';
import { bytesOfTurn, partsOf } from '../../../publisher/site/transcript-parts.ts';
import type { TranscriptTurn } from '../../../templates/pages/views.ts';

const turn = (index: number, words: string): TranscriptTurn => ({
  speaker: 'Ada',
  goesOn: index > 0,
  startSeconds: index,
  startText: `0:${index}`,
  sentences: [{ text: words, startSeconds: index }],
});

test('a short transcript is one part, an empty one an empty part', () => {
  const turns = [turn(0, 'a'), turn(1, 'b')];
  expect(partsOf(turns, { firstBytes: 9999, bytes: 9999 })).toEqual([turns]);
  expect(partsOf([], { firstBytes: 1, bytes: 1 })).toEqual([[]]);
});

test('each part is within its bytes, all are there in order, and each begins with a name', () => {
  const turns = Array.from({ length: 200 }, (_, index) => turn(index, 'word '.repeat(index % 17)));
  const parts = partsOf(turns, { firstBytes: 1000, bytes: 3000 });
  expect(parts.flat().map(({ startSeconds }) => startSeconds)).toEqual(
    turns.map((each) => each.startSeconds),
  );
  for (const [index, part] of parts.entries()) {
    const bytes = part.reduce((sum, each) => sum + bytesOfTurn(each), 0);
    expect(bytes).toBeLessThanOrEqual(index === 0 ? 1000 : 3000);
    expect(part[0]?.goesOn).toBe(false);
  }
});

test('a turn that is more than a part stands alone, and what is escaped counts as it is written', () => {
  const parts = partsOf([turn(0, 'a'), turn(1, 'x'.repeat(5000)), turn(2, 'b')], {
    firstBytes: 1000,
    bytes: 1000,
  });
  expect(parts.map((part) => part.length)).toEqual([1, 1, 1]);
  expect(bytesOfTurn(turn(0, '<'.repeat(100))) - bytesOfTurn(turn(0, ''))).toBe(400);
});

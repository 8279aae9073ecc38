import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pacedEdits } from '../../src/bot/panels/paced-edits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function editsOf(edit: (value: string) => Promise<unknown> = () => Promise.resolve(), isGone = false) {
  const shown: [number, string][] = [];
  const startMs = performance.now();
  const edits = pacedEdits<string>(
    (value) => {
      shown.push([Math.round(performance.now() - startMs), value]);
      return edit(value);
    },
    { everyMs: 1_000, onFault: () => isGone },
  );
  return { edits, shown };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('the first is shown at once, then one a second, and always the last', async () => {
  const { edits, shown } = editsOf();
  for (let index = 0; index < 25; index += 1) {
    edits.show(`${index}`);
    await pass(100);
  }
  await pass(2_000);
  expect(shown).toEqual([
    [0, '0'],
    [1000, '9'],
    [2000, '19'],
    [3000, '24'],
  ]);
});

test('what stands there already is not sent again', async () => {
  const { edits, shown } = editsOf();
  edits.show('same');
  await pass(1_500);
  edits.show('same');
  await pass(1_500);
  expect(shown).toHaveLength(1);
});

test('one edit at a time, however long Discord takes', async () => {
  const answers: (() => void)[] = [];
  const { edits, shown } = editsOf(() => new Promise<void>((resolve) => answers.push(resolve)));
  edits.show('a');
  edits.show('b');
  await pass(5_000);
  expect(shown).toEqual([[0, 'a']]);
  answers[0]?.();
  await pass(1_000);
  expect(shown).toEqual([
    [0, 'a'],
    [6000, 'b'],
  ]);
});

test('a passing fault is tried again, a few times', async () => {
  const edit = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('502'));
  const { edits, shown } = editsOf(edit);
  edits.show('a');
  await pass(30_000);
  expect(shown).toHaveLength(4);
  edit.mockResolvedValue(undefined);
  edits.show('b');
  await pass(1_000);
  expect(shown.at(-1)?.[1]).toBe('b');
});

test('a message that is gone is given up; so is everything after closing', async () => {
  const gone = editsOf(() => Promise.reject(new Error('10008')), true);
  gone.edits.show('a');
  await pass(2_000);
  gone.edits.show('b');
  await pass(5_000);
  expect(gone.shown).toEqual([[0, 'a']]);

  const closed = editsOf();
  closed.edits.show('a');
  await pass(0);
  closed.edits.show('b');
  await closed.edits.close();
  await pass(5_000);
  expect(closed.shown).toEqual([[0, 'a']]);
});

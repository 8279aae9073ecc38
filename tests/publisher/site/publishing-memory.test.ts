/** What a process remembers has an end: of time, of shows, and of episodes that are gone. */
import { expect, test } from 'vitest';
import { createPublishingMemory, forgetOthers } from '../../../publisher/site/publishing-memory.ts';

const HOUR_MS = 60 * 60 * 1000;

test('a file that was found whole is looked at again after a day, and not remembered for longer', () => {
  const clock = { ms: 0 };
  const memory = createPublishingMemory(() => clock.ms);
  memory.markSound('one');
  clock.ms = 23 * HOUR_MS;
  memory.markSound('two');
  expect(['one', 'two'].filter((file) => memory.isSound(file))).toEqual(['one', 'two']);
  expect(memory.size.files).toBe(2);
  clock.ms = 25 * HOUR_MS;
  expect(['one', 'two'].filter((file) => memory.isSound(file))).toEqual(['two']);
  memory.markSound('three');
  expect(memory.size.files).toBe(2);
});

test('of very many shows those are remembered that were published last', () => {
  const memory = createPublishingMemory();
  const first = memory.of('show 0', 1);
  for (let number = 1; number < 150; number += 1) {
    memory.of(`show ${number}`, 1);
    memory.of('show 0', 1);
  }
  expect(memory.size.shows).toBe(100);
  expect(memory.of('show 0', 1)).toBe(first);
});

test('of episodes that a show has no more nothing stays', () => {
  const known = createPublishingMemory().of('show', 1);
  for (const id of ['stays', 'goes']) {
    known.pages.set(id, 'made');
    known.items.set(id, { made: 'made', item: undefined as never, findings: [] });
  }
  known.removed.add('retracted').add('forgotten');
  forgetOthers(known, [{ id: 'stays' }], [{ id: 'retracted' }]);
  expect([known.pages, known.items].map((each) => [...each.keys()])).toEqual([['stays'], ['stays']]);
  expect([...known.removed]).toEqual(['retracted']);
});

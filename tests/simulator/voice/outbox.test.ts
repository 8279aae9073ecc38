/** Numbered messages and what a resume replays of them. */
import { expect, test } from 'vitest';
import { createOutbox } from '../../../src/simulator/voice/outbox.ts';

const numbers = (messages: { seq: number }[] | undefined): number[] | undefined =>
  messages?.map(({ seq }) => seq);

test('JSON and binary messages share one count', () => {
  const outbox = createOutbox();
  expect(outbox.json(11, { user_ids: [] })).toEqual({
    seq: 1,
    frame: '{"op":11,"d":{"user_ids":[]},"seq":1}',
  });
  expect(outbox.binary(25, Buffer.from([7, 8]))).toEqual({ seq: 2, frame: Buffer.from([0, 2, 25, 7, 8]) });
  expect(numbers(outbox.since(-1))).toEqual([1, 2]);
  expect(numbers(outbox.since(1))).toEqual([2]);
  expect(numbers(outbox.since(2))).toEqual([]);
});

test('what was acknowledged is forgotten; asking for it means that the session cannot resume', () => {
  const outbox = createOutbox();
  for (let count = 0; count < 5; count++) outbox.json(5, {});
  outbox.acknowledge(3);
  expect(numbers(outbox.since(3))).toEqual([4, 5]);
  expect(outbox.since(2)).toBeUndefined();
  outbox.acknowledge(60_000);
  expect(numbers(outbox.since(3))).toEqual([4, 5]);
});

test('only so many messages are kept', () => {
  const outbox = createOutbox(2);
  for (let count = 0; count < 3; count++) outbox.json(5, {});
  expect(numbers(outbox.since(1))).toEqual([2, 3]);
  expect(outbox.since(0)).toBeUndefined();
});

test('numbers wrap at 16 bits', () => {
  const outbox = createOutbox(10, 65_534);
  for (let count = 0; count < 3; count++) outbox.binary(27, Buffer.alloc(0));
  expect(numbers(outbox.since(65_534))).toEqual([65_535, 0, 1]);
  outbox.acknowledge(65_535);
  expect(numbers(outbox.since(65_535))).toEqual([0, 1]);
});

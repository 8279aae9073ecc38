/** A voice channel: end-to-end encrypted by DAVE, by real libraries on both ends of real sockets. */
import { expect, test } from 'vitest';
import { SHORT_PROGRAMME } from './support/house.ts';
import { tellJourneys } from './support/journeys.ts';

const { house } = tellJourneys('voice', SHORT_PROGRAMME);

test('the bot was in one MLS group with everybody', () => {
  const { scene } = house();
  const dave = scene.hall.room().dave!;
  expect(dave.version()).toBe(1);
  // A leaf for each speaker and, while it listened, one for the bot: its last recording is over.
  expect(dave.memberUserIds().sort()).toEqual([...scene.cast.values()].map(({ id }) => id).sort());
  expect(dave.epoch()).toBeGreaterThan(1n);
});

/** A stage: transport encryption only, by real libraries on both ends of real sockets. */
import { expect, test } from 'vitest';
import { SHORT_PROGRAMME } from './support/house.ts';
import { tellJourneys } from './support/journeys.ts';

const { house } = tellJourneys('stage', SHORT_PROGRAMME);

test('a stage has no end-to-end encryption', () => {
  expect(house().scene.hall.room().dave).toBeUndefined();
});

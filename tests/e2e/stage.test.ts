/** A stage: transport encryption only, by real libraries on both ends of real sockets. */
import { expect, test } from 'vitest';
import { LEVELED_PROGRAMME } from './support/house.ts';
import { tellJourneys } from './support/journeys.ts';
import { measureAudio } from './support/publication.ts';

const { house, audioUrl } = tellJourneys('stage', LEVELED_PROGRAMME);

test('the published audio is within 0.5 LU of -19 LUFS', async () => {
  const { integratedLufs } = await measureAudio(audioUrl());
  expect(Math.abs(integratedLufs + 19)).toBeLessThanOrEqual(0.5);
});

test('a stage has no end-to-end encryption', () => {
  expect(house().scene.hall.room().dave).toBeUndefined();
});

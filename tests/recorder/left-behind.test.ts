import { expect, test } from 'vitest';
import { createLeftBehind } from '../../recorder/left-behind.ts';

const elsewhere = (userId: string, startUs: number, endUs: number) => ({
  ...{ userId, startUs, endUs },
  reason: 'elsewhere',
});

test('only to those who stayed is the time elsewhere a hole, as long as people were recorded there', () => {
  const behind = createLeftBehind();
  const speakers = [
    { userId: 'stayed', lastHeardUs: 80 },
    { userId: 'came along', lastHeardUs: 80 },
  ];
  behind.arrived('here', 0);
  expect(behind.moved('there', 100, speakers)).toEqual([]);
  behind.arrived('there', 110);
  speakers[1]!.lastHeardUs = 150;
  expect(behind.moved('here', 200, speakers)).toEqual([elsewhere('stayed', 110, 200)]);
  // Still silent, and elsewhere again, through two channels; in the second nobody could be told.
  behind.arrived('here', 210);
  expect(behind.moved('there', 300, speakers)).toEqual([elsewhere('came along', 210, 300)]);
  behind.arrived('there', 310);
  expect(behind.moved('far', 400, speakers)).toEqual([]);
  expect(behind.moved('here', 500, speakers)).toEqual([elsewhere('stayed', 310, 400)]);
});

/** The network's faults, and what the truth says about them. */
import { expect, test } from 'vitest';
import {
  cleanNetwork,
  deliveryDelaysUs,
  seededRandom,
  type NetworkFaults,
} from '../../../src/simulator/voice/faults.ts';
import { acquaint, ANN, BEN, openHall, speech, until } from './harness.ts';

const draw = (faults: Partial<NetworkFaults>, count = 20_000): number[][] => {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => deliveryDelaysUs({ ...cleanNetwork, ...faults }, random));
};
const share = (draws: number[][], test: (delays: number[]) => boolean): number =>
  draws.filter(test).length / draws.length;

test('a clean network delivers each packet once and at once', () => {
  expect(draw({}, 100)).toEqual(Array.from({ length: 100 }, () => [0]));
});

test.each([0.01, 0.03, 0.5, 1])('loss of %d', (lossRate) => {
  expect(share(draw({ lossRate }), (delays) => delays.length === 0)).toBeCloseTo(lossRate, 2);
});

test('jitter is exponential around its mean', () => {
  const delays = draw({ jitterMeanUs: 5_000 }).flat();
  expect(delays.reduce((sum, delay) => sum + delay, 0) / delays.length / 5_000).toBeCloseTo(1, 1);
  // 1 - 1/e of an exponential distribution lies under its mean.
  expect(delays.filter((delay) => delay < 5_000).length / delays.length).toBeCloseTo(1 - 1 / Math.E, 1);
});

test('reordered packets are held for more than one frame and less than two', () => {
  const held = draw({ reorderRate: 0.1 }).filter(([delay]) => delay! > 20_000 && delay! < 40_000);
  expect(held.length / 20_000).toBeCloseTo(0.1, 2);
});

test('duplicates arrive twice', () => {
  expect(share(draw({ duplicateRate: 0.2 }), (delays) => delays.length === 2)).toBeCloseTo(0.2, 2);
});

test('the same seed gives the same run', () => {
  expect(draw({ lossRate: 0.3, jitterMeanUs: 9_000 }, 50)).toEqual(
    draw({ lossRate: 0.3, jitterMeanUs: 9_000 }, 50),
  );
});

test('what is heard is what the truth says was not dropped; a speaker overrides the room, the room the server', async () => {
  const hall = await openHall();
  hall.voice.faults.lossRate = 1;
  hall.room.faults.lossRate = 0.3;
  const bot = await hall.join();
  const ann = hall.room.addSpeaker(ANN);
  const ben = hall.room.addSpeaker(BEN, { faults: { lossRate: 0 } });
  await acquaint(bot, hall.room);
  void ann.speak(speech(100, 1));
  void ben.speak(speech(100, 2));
  await hall.clock.advance(3_000_000);
  const kept = hall.room.truth.of(ANN).filter(({ dropped }) => !dropped);
  expect(hall.room.truth.of(ANN)).toHaveLength(105);
  expect(kept.length).toBeGreaterThan(55);
  expect(kept.length).toBeLessThan(90);
  await until(() => bot.heard.get(BEN)!.length === 105, 'Ben is heard whole');
  await until(() => bot.heard.get(ANN)!.length === kept.length, 'Ann is heard as the truth says');
  expect(bot.heard.get(ANN)).toEqual(kept.map(({ opus }) => Buffer.from(opus)));
});

test('held-back and doubled packets arrive late and twice', async () => {
  const hall = await openHall();
  const bot = await hall.join();
  const ann = hall.room.addSpeaker(ANN, { faults: { reorderRate: 0.2, duplicateRate: 0.2 } });
  await acquaint(bot, hall.room);
  void ann.speak(speech(100), { silenceFrames: 0 });
  await hall.clock.advance(3_000_000);
  const places = (): number[] => bot.heard.get(ANN)!.map((packet) => packet.readUInt32BE(1));
  await until(() => new Set(places()).size === 100, 'every packet is heard');
  expect(places().length).toBeGreaterThan(105);
  expect(places().filter((place, index) => place < (places()[index - 1] ?? 0)).length).toBeGreaterThan(5);
});

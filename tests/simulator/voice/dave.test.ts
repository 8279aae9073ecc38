/** DAVE through the real @discordjs/voice and davey: groups made, joined, left, recovered, downgraded. */
import { expect, test } from 'vitest';
import { ANN, BEN, CAT, expectHeard, openHall, until, type Bot, type Hall } from './harness.ts';

const agreed = (hall: Hall, bot: Bot): boolean =>
  bot.connection.voicePrivacyCode !== undefined &&
  bot.connection.voicePrivacyCode === hall.room.dave!.privacyCode();

async function inGroup(hall: Hall, bot: Bot, ...userIds: string[]): Promise<void> {
  const wanted = [bot.userId, ...userIds].sort().join();
  await until(() => hall.room.dave!.memberUserIds().sort().join() === wanted, 'everybody is in the group');
  await until(() => agreed(hall, bot), 'the privacy codes agree');
  for (const speaker of hall.room.speakers()) await speaker.whenAudible();
}

test('the bot is welcomed into the group of two members', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  expect(hall.room.speaker(ANN)!.audible()).toBe(false);
  hall.room.addSpeaker(BEN);
  expect(hall.room.dave!.epoch()).toBe(1n);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN, BEN);
  expect(hall.room.dave!.epoch()).toBe(2n);
  await expectHeard(hall, bot);
});

test('a member who waits alone creates the group with the bot', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN);
  await expectHeard(hall, bot);
});

test('the bot creates the group, and commits those who come later', async () => {
  const hall = await openHall({ daveVersion: 1, committer: 'connection' });
  const bot = await hall.join();
  hall.room.addSpeaker(ANN);
  await inGroup(hall, bot, ANN);
  expect(hall.room.dave!.memberUserIds()[0]).toBe(bot.userId);
  hall.room.addSpeaker(BEN);
  hall.room.addSpeaker(CAT);
  await inGroup(hall, bot, ANN, BEN, CAT);
  await expectHeard(hall, bot);
});

test('with padding and extension', async () => {
  const hall = await openHall({ daveVersion: 1 });
  Object.assign(hall.room.shape, { padding: true, extension: true });
  hall.room.addSpeaker(ANN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN);
  await expectHeard(hall, bot);
});

test.each(['members', 'connection'] as const)(
  'a member leaves and comes back with another SSRC (%s commit)',
  async (committer) => {
    const hall = await openHall({ daveVersion: 1, committer });
    const first = hall.room.addSpeaker(ANN);
    hall.room.addSpeaker(BEN);
    const bot = await hall.join();
    await inGroup(hall, bot, ANN, BEN);
    await expectHeard(hall, bot, hall.room.speakers(), 20);
    first.leave();
    await inGroup(hall, bot, BEN);
    const second = hall.room.addSpeaker(ANN);
    expect(second.ssrc).not.toBe(first.ssrc);
    await inGroup(hall, bot, ANN, BEN);
    await expectHeard(hall, bot);
    expect(hall.room.truth.spurtsOf(ANN).map(({ spurt, packets }) => [spurt, packets])).toEqual([
      [0, 20],
      [1, 100],
    ]);
  },
);

test('the last member but the bot leaves: the group is reset, and a new one made for who comes next', async () => {
  const hall = await openHall({ daveVersion: 1 });
  const ann = hall.room.addSpeaker(ANN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN);
  ann.leave();
  expect(hall.room.dave!.epoch()).toBe(0n);
  hall.room.addSpeaker(BEN);
  await inGroup(hall, bot, BEN);
  await expectHeard(hall, bot);
});

test('60 frames that cannot be decrypted: op 31, Remove, Add, and all is heard again', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  const speaker = hall.room.addSpeaker(BEN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN, BEN);
  await expectHeard(hall, bot, hall.room.speakers(), 5);
  const before = hall.room.dave!.epoch();
  speaker.garbled = true;
  void speaker.speak(
    Array.from({ length: 60 }, () => Buffer.alloc(160, 0xfc)),
    { silenceFrames: 0 },
  );
  await hall.clock.advance(1_300_000);
  speaker.garbled = false;
  // One epoch without the bot, one with it again.
  await until(() => hall.room.dave!.epoch() === before + 2n, 'the bot was added again');
  await inGroup(hall, bot, ANN, BEN);
  await expectHeard(hall, bot);
});

test('the WebSocket drops, a member joins meanwhile: op 9, then what was missed', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN);
  hall.voice.dropWebSocket(bot.userId);
  hall.room.addSpeaker(BEN);
  await until(() => !bot.ready(), 'the bot has noticed');
  await until(() => bot.ready(), 'the bot has resumed');
  await inGroup(hall, bot, ANN, BEN);
  expect(bot.joins()).toBe(1);
  await expectHeard(hall, bot);
});

test('the bot connects anew: its old leaf is removed, no ghost stays', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  hall.room.addSpeaker(BEN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN, BEN);
  bot.announceServer();
  await until(() => !bot.ready(), 'the bot connects anew');
  await until(() => bot.ready(), 'the bot is ready again');
  await inGroup(hall, bot, ANN, BEN);
  await expectHeard(hall, bot);
});

test('down to transport encryption and up again', async () => {
  const hall = await openHall({ daveVersion: 1 });
  hall.room.addSpeaker(ANN);
  hall.room.addSpeaker(BEN);
  const bot = await hall.join();
  await inGroup(hall, bot, ANN, BEN);
  hall.room.dave!.setVersion(0);
  await until(() => bot.connection.voicePrivacyCode === undefined, 'the bot is downgraded');
  await expectHeard(hall, bot, hall.room.speakers(), 50);
  hall.room.dave!.setVersion(1);
  await inGroup(hall, bot, ANN, BEN);
  await expectHeard(hall, bot);
});

/** The way past speakers and truth: sealed ahead of time, sent as it is, heard by the real library. */
import { expect, test } from 'vitest';
import { buildRtp, plainShape } from '../../../src/simulator/voice/rtp.ts';
import { ANN, acquaint, openHall, speech, until } from './harness.ts';

test('a datagram sealed ahead of time is heard, and a broken one is not', async () => {
  const hall = await openHall();
  const { room } = hall;
  const bot = await hall.join();
  const ann = room.addSpeaker(ANN);
  await acquaint(bot, room);
  const wire = room.wireTo(bot.userId);
  const packets = speech(3);
  const [first, second, third] = packets.map((payload, sequence) =>
    wire.seal(
      buildRtp(
        { sequence, timestamp: sequence * 960, ssrc: ann.ssrc, payload, firstOfSpurt: false },
        plainShape,
      ),
    ),
  );
  second![1] = 0;
  for (const datagram of [first!, second!, third!]) await wire.send(datagram);
  await until(() => bot.heard.get(ANN)!.length >= 2, 'both are heard');
  expect(bot.heard.get(ANN)).toEqual([packets[0], packets[2]]);
  expect(room.truth.userIds()).toEqual([]);
});

test('nobody has a wire who is not connected, and a message is posted as it is', async () => {
  const hall = await openHall();
  const { room } = hall;
  expect(() => room.wireTo(ANN)).toThrow(/no connection/);
  const bot = await hall.join();
  room.wireTo(bot.userId).post(JSON.stringify({ op: 5, d: { user_id: ANN, ssrc: 77, speaking: 1 } }));
  await until(() => bot.connection.receiver.ssrcMap.get(77)?.userId === ANN, 'op 5 has arrived');
});

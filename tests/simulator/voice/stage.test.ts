/** A stage (no DAVE) through the real @discordjs/voice: every packet arrives, byte for byte. */
import { VoiceConnectionStatus } from '@discordjs/voice';
import { expect, test } from 'vitest';
import type { PacketShape } from '../../../src/simulator/voice/rtp.ts';
import type { EncryptionMode } from '../../../src/simulator/voice/voice-server.ts';
import { ANN, BEN, CAT, expectHeard, openHall, speech, until } from './harness.ts';

const gcm: EncryptionMode = 'aead_aes256_gcm_rtpsize';
const xChaCha: EncryptionMode = 'aead_xchacha20_poly1305_rtpsize';

test.each<{ mode: EncryptionMode; shape: Partial<PacketShape>; firstByte: number }>([
  { mode: gcm, shape: {}, firstByte: 0x80 },
  { mode: gcm, shape: { extension: true }, firstByte: 0x90 },
  { mode: gcm, shape: { padding: true }, firstByte: 0xa0 },
  { mode: gcm, shape: { padding: true, extension: true, marker: true }, firstByte: 0xb0 },
  { mode: xChaCha, shape: {}, firstByte: 0x80 },
  { mode: xChaCha, shape: { padding: true, extension: true }, firstByte: 0xb0 },
])('$mode $shape: 100 of 100 packets of each of three speakers', async ({ mode, shape, firstByte }) => {
  const hall = await openHall({ modes: [mode] });
  Object.assign(hall.voice.shape, shape);
  const bot = await hall.join();
  const firstBytes = new Set<number>();
  const { state } = bot.connection;
  if (!('networking' in state)) throw new Error('The bot has no networking.');
  const { state: networking } = state.networking;
  if (!('udp' in networking)) throw new Error('The bot has no UDP socket.');
  networking.udp.on('message', (datagram: Buffer) => firstBytes.add(datagram[0]!));
  for (const userId of [ANN, BEN, CAT]) hall.room.addSpeaker(userId);
  await expectHeard(hall, bot);
  expect([...firstBytes]).toEqual([firstByte]);
  for (const userId of [ANN, BEN, CAT]) {
    expect(hall.room.truth.of(userId).map(({ opus }) => Buffer.from(opus))).toEqual(bot.heard.get(userId));
    expect(hall.room.truth.spurtsOf(userId)).toEqual([
      { spurt: 0, startUs: 0, endUs: 1_980_000, packets: 100 },
    ]);
  }
});

test.each<{ code: number; then: 'resumes' | 'joins again' | 'gives up' }>([
  { code: 1006, then: 'resumes' },
  { code: 4015, then: 'resumes' },
  { code: 4006, then: 'joins again' },
  { code: 4009, then: 'joins again' },
  { code: 4014, then: 'gives up' },
])('after close $code the bot $then', async ({ code, then }) => {
  const hall = await openHall();
  const bot = await hall.join();
  hall.room.addSpeaker(ANN);
  await expectHeard(hall, bot, hall.room.speakers(), 10);
  hall.voice.disconnect(bot.userId, code);
  await until(() => !bot.ready(), 'the bot has noticed');
  if (then === 'gives up') {
    await until(() => bot.connection.state.status === VoiceConnectionStatus.Disconnected, 'it gives up');
    expect(hall.room.connectedUserIds()).toEqual([]);
    return;
  }
  await until(() => bot.ready(), 'the bot is back');
  expect(bot.joins()).toBe(then === 'resumes' ? 1 : 2);
  await expectHeard(hall, bot, hall.room.speakers(), 10);
});

test('audio goes on while the WebSocket is gone', async () => {
  const hall = await openHall();
  const bot = await hall.join();
  const ann = hall.room.addSpeaker(ANN);
  await expectHeard(hall, bot, [ann], 5);
  const heard = bot.heard.get(ANN)!;
  heard.length = 0;
  const statuses: string[] = [];
  bot.connection.on('stateChange', (_before, { status }) => statuses.push(status));
  void ann.speak(speech(100));
  await hall.clock.advance(500_000);
  hall.voice.dropWebSocket(bot.userId);
  await hall.clock.advance(500_000);
  await until(() => statuses.includes('connecting'), 'the bot has noticed');
  await hall.clock.advance(500_000);
  await until(() => bot.ready(), 'the bot has resumed');
  expect(statuses).toEqual(['connecting', 'ready']);
  await hall.clock.advance(1_000_000);
  await until(() => heard.length === 105, 'everything is heard');
  expect(heard.slice(0, 100)).toEqual(speech(100));
});

/** A stage (no DAVE) through the real @discordjs/voice: every packet arrives, byte for byte. */
import { expect, test } from 'vitest';
import type { PacketShape } from '../../../src/simulator/voice/rtp.ts';
import type { EncryptionMode } from '../../../src/simulator/voice/voice-server.ts';
import { ANN, BEN, CAT, expectHeard, openHall } from './harness.ts';

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

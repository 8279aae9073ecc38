/** A stage (no DAVE) through the real @discordjs/voice: every packet arrives, byte for byte. */
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../src/simulator/clock.ts';
import type { PacketShape } from '../../../src/simulator/voice/rtp.ts';
import {
  startVoiceServer,
  type EncryptionMode,
  type VoiceRoom,
  type VoiceServer,
} from '../../../src/simulator/voice/voice-server.ts';
import { joinAsBot, speech, until, type Bot } from './bot.ts';

const guildId = '100000000000000001';
const channelId = '200000000000000001';
const speakerIds = ['300000000000000001', '300000000000000002', '300000000000000003'];

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function stage(options: { modes?: EncryptionMode[] } = {}) {
  const clock = manualClock();
  const voice: VoiceServer = await startVoiceServer({ clock, ...options });
  open.push(() => voice.close());
  const room = voice.room(guildId, channelId);
  const bot = joinAsBot({ voice, guildId, channelId });
  open.push(() => bot.leave());
  await until(() => bot.ready(), 'the bot is ready');
  return { clock, voice, room, bot };
}

async function addSpeakers(room: VoiceRoom, bot: Bot) {
  const speakers = speakerIds.map((userId) => room.addSpeaker(userId));
  room.reannounce();
  for (const { userId, ssrc } of speakers) {
    bot.listenTo(userId);
    await until(() => bot.connection.receiver.ssrcMap.get(ssrc) !== undefined, 'op 5 is known');
  }
  return speakers;
}

const shapes: { name: string; shape: Partial<PacketShape>; modes?: EncryptionMode[] }[] = [
  { name: 'AES-GCM, plain', shape: {} },
  { name: 'AES-GCM, padded and extended', shape: { padding: true, extension: true } },
  { name: 'AES-GCM, extended', shape: { extension: true } },
  { name: 'XChaCha20, plain', shape: {}, modes: ['aead_xchacha20_poly1305_rtpsize'] },
  {
    name: 'XChaCha20, padded and extended, marked',
    shape: { padding: true, extension: true, marker: true },
    modes: ['aead_xchacha20_poly1305_rtpsize'],
  },
];

test.each(shapes)('$name: 100 of 100 packets of each speaker', async ({ shape, modes }) => {
  const { clock, voice, room, bot } = await stage(modes ? { modes } : {});
  Object.assign(voice.shape, shape);
  const speakers = await addSpeakers(room, bot);
  const said = speakers.map((speaker, index) => speaker.speak(speech(100, index)));
  await clock.advance(3_000_000);
  for (const { packets, unsent } of await Promise.all(said))
    expect({ packets, unsent }).toEqual({ packets: 105, unsent: 0 });
  for (const [index, { userId }] of speakers.entries()) {
    const heard = (): Buffer[] => bot.heard.get(userId)!;
    await until(() => heard().length >= 105, `all of ${userId} is heard`);
    expect(heard().slice(0, 100)).toEqual(speech(100, index));
    expect(heard().slice(100)).toEqual(Array(5).fill(Buffer.from([0xf8, 0xff, 0xfe])));
    expect(room.truth.of(userId).map(({ opus }) => Buffer.from(opus))).toEqual(heard());
  }
});

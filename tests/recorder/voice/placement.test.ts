/**
 * A conversation by turns and over each other, through each switch of the network, with real libraries on both ends: what
 * arrived is kept once, in order, and every packet's index stands within 1 ms of the moment it was spoken.
 */
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import type { NetworkFaults } from '../../../src/simulator/voice/faults.ts';
import type { PacketShape } from '../../../src/simulator/voice/rtp.ts';
import { botId, openCall, playFinely, recordersConnection, speech, until } from './call.ts';
import type { Call } from './call.ts';

const [alice, bob, carol] = ['300000000000000001', '300000000000000002', '300000000000000003'] as const;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

interface Network {
  name: string;
  faults?: Partial<NetworkFaults>;
  shape?: Partial<PacketShape>;
}

const networks: Network[] = [
  { name: 'a clean network' },
  { name: 'padded and extended packets', shape: { padding: true, extension: true, marker: true } },
  { name: 'contributing sources and two-byte extensions', shape: { sources: 3, extension: 'two-byte' } },
  { name: '5 % lost', faults: { lossRate: 0.05 } },
  { name: '20 % twice', faults: { duplicateRate: 0.2 } },
  { name: '10 % overtaken', faults: { reorderRate: 0.1 } },
  { name: '2 ms of jitter', faults: { jitterMeanUs: 2_000 } },
  {
    name: 'all of it together',
    faults: { lossRate: 0.03, duplicateRate: 0.05, reorderRate: 0.05, jitterMeanUs: 1_000 },
    shape: { padding: true, extension: true },
  },
];
const cases = ([0, 1] as const).flatMap((daveVersion) =>
  networks.map((network) => ({ daveVersion, ...network })),
);

async function conversation(daveVersion: 0 | 1) {
  const call = (open = await openCall({ daveVersion }));
  const { room, clock } = call;
  const startUs = clock.nowUs();
  const a = room.addSpeaker(alice);
  // Timestamps that advance only with packets, as discord.js sends them.
  const b = room.addSpeaker(bob, { sender: 'bot' });
  // Both counters wrap in the first second, on a crystal of its own.
  const c = room.addSpeaker(carol, { firstSequence: 65_510, firstTimestamp: 2 ** 32 - 20_000, clockPpm: 60 });
  await call.start();
  if (daveVersion === 1) {
    await until(() => room.dave!.memberUserIds().includes(botId), 'the bot is in the group');
    const agreed = () => recordersConnection().voicePrivacyCode === room.dave!.privacyCode();
    await until(agreed, 'the privacy codes agree');
  }
  const read = () => readSession(path.join(call.dataFolder, 'sessions', call.request().sessionId));
  return { call, room, startUs, a, b, c, read };
}

test.each(cases)('DAVE $daveVersion, $name', async ({ daveVersion, faults = {}, shape = {} }) => {
  const { call, room, startUs, a, b, c, read } = await conversation(daveVersion);
  const said: Promise<unknown>[] = [];
  Object.assign(room.faults, faults);
  Object.assign(room.shape, shape);
  said.push(
    a.speak(speech(40, 1), { startUs: startUs + 400_000 }),
    b.speak(speech(40, 2), { startUs: startUs + 933_300 }),
    c.speak(speech(50, 3), { startUs: startUs + 1_200_100 }),
    a.speak(speech(40, 4), { startUs: startUs + 2_050_050 }),
    b.speak(speech(30, 5), { startUs: startUs + 2_300_000 }),
    c.speak(speech(20, 6), { startUs: startUs + 2_750_000 }),
  );
  await playFinely(call, 3_500_000);
  await Promise.all(said);
  await call.stop();

  const session = await read();
  expect(session.tracks.map(({ userId }) => userId).sort()).toEqual([alice, bob, carol]);
  for (const track of session.tracks) {
    const arrived = room.truth.of(track.userId).filter(({ dropped }) => !dropped);
    const kept = await Array.fromAsync(readTrackPackets(track));
    expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(arrived.map(({ opus }) => Buffer.from(opus)));
    const errorsUs = kept.map((packet, index) => packet.startUs + startUs - arrived[index]!.dueUs);
    expect(Math.max(...errorsUs.map(Math.abs)), track.userId).toBeLessThanOrEqual(1_000);
  }
  const lost = room.truth
    .userIds()
    .flatMap((userId) => room.truth.of(userId).filter(({ dropped }) => dropped));
  expect(lost.length > 0).toBe((faults.lossRate ?? 0) > 0);
  expect(new Set(session.gaps.map(({ reason }) => reason))).toEqual(new Set(lost.length > 0 ? ['loss'] : []));
});

// A decryptor refuses whatever is older than the first frame it opened under a key (`report_cipher_success` of davey and
// libdave), so the first frames under a key are put in order before they are decrypted.
test.each([0, 1] as const)('DAVE %i, the first frame of all is overtaken', async (daveVersion) => {
  const { call, room, startUs, a, read } = await conversation(daveVersion);
  a.faults.reorderRate = 1;
  const said = a.speak(speech(20, 1), { startUs: startUs + 100_000 });
  await playFinely(call, 110_000);
  a.faults.reorderRate = 0;
  await playFinely(call, 900_000);
  await said;
  await call.stop();
  const session = await read();
  expect(session.gaps).toEqual([]);
  const kept = await Array.fromAsync(readTrackPackets(session.tracks[0]!));
  const truth = room.truth.of(alice);
  expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(truth.map(({ opus }) => Buffer.from(opus)));
  for (const [index, packet] of kept.entries())
    expect(Math.abs(packet.startUs + startUs - truth[index]!.dueUs)).toBeLessThanOrEqual(1_000);
});

/** Packets that come before their sender's name: on a stage and in a voice channel, with the real library. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { botId, expectAllKept, openCall, recordersConnection, speech, until } from './call.ts';
import type { Call } from './call.ts';

const [alice, bob] = ['300000000000000001', '300000000000000002'] as const;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function openRecording(daveVersion: 0 | 1): Promise<Call> {
  const call = (open = await openCall({ daveVersion }));
  await call.start();
  return call;
}
async function joined(call: Call, userId: string): Promise<void> {
  if (call.room.dave === undefined) return;
  await until(() => call.room.dave!.memberUserIds().includes(userId), 'the member is in the group');
  const agreed = (): boolean => recordersConnection().voicePrivacyCode === call.room.dave!.privacyCode();
  await until(agreed, 'the privacy codes agree');
  await call.room.speaker(userId)!.whenAudible();
}
const folderOf = (call: Call): string => path.join(call.dataFolder, 'sessions', call.request().sessionId);
async function unmappedIn(call: Call) {
  const journal = await readFile(path.join(folderOf(call), 'journal.jsonl'), 'utf8');
  const lines = journal.trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ reason }) => reason === 'unmapped');
}

test.each([0, 1] as const)(
  'DAVE %i: op 5 comes 4 s late, and every packet is in its place',
  async (daveVersion) => {
    const call = await openRecording(daveVersion);
    const startUs = call.clock.nowUs();
    const speaker = call.room.addSpeaker(alice, { announceDelayUs: 4_000_000 });
    await joined(call, alice);
    const said = speaker.speak(speech(250, 1), { startUs: startUs + 200_000 });
    await call.play(6_000_000);
    await said;
    await call.stop();
    await expectAllKept(call, startUs);
    expect(await unmappedIn(call)).toEqual([]);
  },
);

test('a sender who is never named is journalled as unmapped, and kept from the packets on that were young enough', async () => {
  const call = await openRecording(0);
  const startUs = call.clock.nowUs();
  const nobody = call.room.addSpeaker(alice, { announceDelayUs: 'never' });
  const said = nobody.speak(speech(100, 1), { silenceFrames: 0 });
  await call.play(9_000_000);
  await said;
  const late = call.room.addSpeaker(bob, { announceDelayUs: 7_000_000 });
  const also = late.speak(speech(400, 2), { silenceFrames: 0 });
  await call.play(6_900_000);
  // The recorder looks every 20 ms of real time.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await call.play(2_100_000);
  await also;
  // Named by and by, but what it says now goes on until the end and is never claimed.
  const last = nobody.speak(speech(10, 3), { silenceFrames: 0 });
  await call.play(300_000);
  await last;
  await call.stop();

  const session = await readSession(folderOf(call));
  expect(session.tracks.map(({ userId }) => userId)).toEqual([bob]);
  const kept = await Array.fromAsync(readTrackPackets(session.tracks[0]!));
  const ofBob = call.room.truth.of(bob);
  // When the name came, two of its eight seconds were older than 5 s.
  expect(kept.length).toBeGreaterThanOrEqual(299);
  expect(kept.length).toBeLessThanOrEqual(306);
  const rest = ofBob.slice(-kept.length);
  expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(rest.map(({ opus }) => Buffer.from(opus)));
  for (const [index, packet] of kept.entries())
    expect(Math.abs(packet.startUs + startUs - rest[index]!.dueUs)).toBeLessThanOrEqual(1_000);

  const runs = await unmappedIn(call);
  const begins = [0, 9_000_000, 18_000_000];
  expect(runs).toMatchObject([
    { type: 'not-heard', ssrc: nobody.ssrc, packets: 100 },
    { type: 'not-heard', ssrc: late.ssrc, packets: 400 - kept.length },
    { type: 'not-heard', ssrc: nobody.ssrc, packets: 10 },
  ]);
  for (const [index, { startUs: atUs }] of runs.entries())
    expect(Math.abs((atUs as number) - begins[index]!)).toBeLessThanOrEqual(20_000);
});

test('on a stage, who speaks while the bot joins loses nothing that the server sent', async () => {
  const call = (open = await openCall());
  const speaker = call.room.addSpeaker(alice);
  const said = speaker.speak(speech(100, 1));
  await call.clock.advance(200_000);
  const started = call.start();
  const join = { isOver: false };
  void started.then(() => (join.isOver = true));
  for (let turn = 0; turn < 50 && !join.isOver; turn += 1) {
    await call.clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await started;
  await call.play(2_500_000);
  await said;
  await call.stop();
  const sent = call.room.truth.of(alice).filter(({ recipients }) => recipients > 0);
  expect(sent.length).toBeLessThan(105);
  expect(sent.length).toBeGreaterThan(40);
  const session = await readSession(folderOf(call));
  const kept = await Array.fromAsync(readTrackPackets(session.tracks[0]!));
  expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(sent.map(({ opus }) => Buffer.from(opus)));
  const offsetUs = sent[0]!.dueUs - kept[0]!.startUs;
  for (const [index, packet] of kept.entries())
    expect(Math.abs(packet.startUs + offsetUs - sent[index]!.dueUs)).toBeLessThanOrEqual(1_000);
});

test('in a voice channel, who speaks while the bot joins is kept from the epoch on that has the bot in it', async () => {
  const call = (open = await openCall({ daveVersion: 1 }));
  const { room } = call;
  for (const userId of [alice, bob]) room.addSpeaker(userId);
  await room.speaker(alice)!.whenAudible();
  const said = room.speaker(alice)!.speak(speech(120, 1));
  const epoch = room.dave!.epoch();
  const started = call.start();
  let memberSince: number | undefined;
  for (let turn = 0; turn < 80 && memberSince === undefined; turn += 1) {
    await call.clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const isMember = room.dave!.memberUserIds().includes(botId) && room.dave!.epoch() > epoch;
    if (isMember && recordersConnection().voicePrivacyCode === room.dave!.privacyCode())
      memberSince = call.clock.nowUs();
  }
  await started;
  await call.play(3_000_000);
  await said;
  await call.stop();
  const truth = room.truth.of(alice);
  const kept = await Array.fromAsync(readTrackPackets((await readSession(folderOf(call))).tracks[0]!));
  const readable = truth.filter(({ sentUs }) => sentUs > memberSince!);
  expect(readable.length).toBeGreaterThan(40);
  expect(kept.length).toBeGreaterThanOrEqual(readable.length);
  const tail = truth.slice(-kept.length);
  expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(tail.map(({ opus }) => Buffer.from(opus)));
});

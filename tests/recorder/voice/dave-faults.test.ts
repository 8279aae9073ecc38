/**
 * What goes wrong with end-to-end encryption in mid-sentence. Each test says what may be lost and compares the rest, byte
 * for byte and to the millisecond, with what was said.
 */
import path from 'node:path';
import type { Networking, NetworkingReadyState } from '@discordjs/voice';
import { afterEach, expect, test } from 'vitest';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import type { TruthPacket } from '../../../src/simulator/voice/truth.ts';
import { botId, expectAllKept, openCall, playFinely, recordersConnection, speech, until } from './call.ts';
import type { Call } from './call.ts';

const [alice, bob, carol] = ['300000000000000001', '300000000000000002', '300000000000000003'] as const;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function grouped({ room }: Call, ...userIds: string[]): Promise<void> {
  const wanted = userIds.sort().join();
  await until(() => room.dave!.memberUserIds().sort().join() === wanted, 'everybody is in the group');
  const agreed = (): boolean => recordersConnection().voicePrivacyCode === room.dave!.privacyCode();
  await until(agreed, 'the privacy codes agree');
  for (const speaker of room.speakers()) await speaker.whenAudible();
}

/** Alice and Bob in a voice channel, and the bot with them in their group. */
async function recordingCall(version: 0 | 1 = 1) {
  const call = (open = await openCall({ daveVersion: 1 }));
  const { room } = call;
  room.addSpeaker(alice);
  room.addSpeaker(bob);
  if (version === 0) {
    room.dave!.setVersion(0);
    await call.play(50_000);
  }
  const startUs = call.clock.nowUs();
  await call.start();
  if (version === 1) await grouped(call, alice, bob, botId);
  return { call, room, dave: room.dave!, startUs, a: room.speaker(alice)!, b: room.speaker(bob)! };
}

/** Lets time pass a frame at a time with a pause for the machine, as a call does, until something has happened. */
async function playUntil({ clock }: Call, what: string, happened: () => boolean): Promise<void> {
  for (let turn = 0; turn < 150 && !happened(); turn += 1) {
    await clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  expect(happened(), what).toBe(true);
}
const inGroup = (call: Call) => (): boolean =>
  call.room.dave!.memberUserIds().includes(botId) &&
  recordersConnection().voicePrivacyCode === call.room.dave!.privacyCode();

/**
 * All that was said outside of a span is kept in its place; of what was said in it, at most `most` packets are missing, and
 * each is in a gap `undecryptable`. @returns the missing ones.
 */
async function expectKeptBut(
  call: Call,
  startUs: number,
  { fromUs, toUs, most }: { fromUs: number; toUs: number; most: number },
): Promise<TruthPacket[]> {
  const session = await readSession(path.join(call.dataFolder, 'sessions', call.request().sessionId));
  const { truth } = call.room;
  const missing: TruthPacket[] = [];
  for (const userId of truth.userIds()) {
    const track = session.tracks.find((other) => other.userId === userId)!;
    const kept = await Array.fromAsync(readTrackPackets(track));
    let at = 0;
    const lost = truth.of(userId).filter((said) => {
      const packet = kept[at];
      const same = packet !== undefined && Buffer.compare(packet.opus, said.opus) === 0;
      if (!same) return true;
      expect(Math.abs(packet.startUs + startUs - said.dueUs)).toBeLessThanOrEqual(1_000);
      at += 1;
      return false;
    });
    expect(at, 'nothing was kept that was not said').toBe(kept.length);
    const gaps = session.gaps.filter((gap) => gap.track === track.number);
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(
      new Set(lost.length > 0 ? ['undecryptable'] : []),
    );
    for (const { dueUs } of lost) {
      const placeUs = dueUs - startUs;
      expect(gaps.some((gap) => gap.startUs <= placeUs + 1_000 && placeUs < gap.endUs + 1_000)).toBe(true);
    }
    missing.push(...lost);
  }
  expect(
    missing.filter(({ dueUs }) => dueUs < fromUs || dueUs > toUs).map(({ sequence }) => sequence),
  ).toEqual([]);
  expect(missing.length).toBeLessThanOrEqual(most);
  return missing;
}

test('members join and leave while others speak, over a network that jitters: nothing is lost', async () => {
  const { call, room, startUs, a, b } = await recordingCall();
  call.voice.faults.jitterMeanUs = 3_000;
  const said = [a.speak(speech(150, 1)), b.speak(speech(120, 2))];
  await playFinely(call, 200_000);
  for (const [index, userId] of [carol, '300000000000000004', '300000000000000005'].entries()) {
    const comes = room.addSpeaker(userId);
    await playUntil(call, 'the newcomer can be heard', () => comes.audible());
    said.push(comes.speak(speech(10, 10 + index)));
    await playFinely(call, 400_000);
    comes.leave();
    await playFinely(call, 100_000);
  }
  await playFinely(call, 2_500_000);
  await Promise.all(said);
  await call.stop();
  await expectAllKept(call, startUs);
});

test('a commit of a wrong epoch: lost is at most what was said until the bot was a member again', async () => {
  const { call, room, dave, startUs, a, b } = await recordingCall();
  const said = [a.speak(speech(120, 1)), b.speak(speech(120, 2))];
  await call.play(500_000);
  const fromUs = call.clock.nowUs();
  const epoch = dave.epoch();
  dave.faults.staleCommits = true;
  room.addSpeaker(carol);
  await playUntil(call, 'the bot asked to be added anew', () => dave.epoch() >= epoch + 2n);
  dave.faults.staleCommits = false;
  await playUntil(call, 'the bot is a member again', inGroup(call));
  const toUs = call.clock.nowUs() + 20_000;
  expect(dave.epoch()).toBe(epoch + 3n);
  await call.play(2_500_000);
  await Promise.all(said);
  await call.stop();
  await expectKeptBut(call, startUs, { fromUs, toUs, most: 10 });
});

test('one sender whom nobody can decrypt: of the others, at most what was said in the epoch without the bot', async () => {
  const { call, dave, startUs, a, b } = await recordingCall();
  const epoch = dave.epoch();
  const said = [a.speak(speech(120, 1)), b.speak(speech(120, 2))];
  await call.play(200_000);
  a.garbled = true;
  const fromUs = call.clock.nowUs();
  await playUntil(
    call,
    'the bot was added anew (op 31)',
    () => dave.epoch() === epoch + 2n && inGroup(call)(),
  );
  a.garbled = false;
  const toUs = call.clock.nowUs() + 20_000;
  await call.play(2_500_000);
  await Promise.all(said);
  await call.stop();
  const missing = await expectKeptBut(call, startUs, { fromUs, toUs, most: 60 });
  const ofBob = call.room.truth.of(bob).filter((packet) => missing.includes(packet));
  expect(ofBob.length).toBeLessThanOrEqual(5);
});

test.each(['connections', 'all'] as const)(
  'a transition that %s are never told to execute: nothing is lost',
  async (unexecuted) => {
    const { call, room, dave, startUs, a } = await recordingCall();
    const said = [a.speak(speech(150, 1))];
    await call.play(200_000);
    dave.faults.unexecuted = unexecuted;
    const epoch = dave.epoch();
    const third = room.addSpeaker(carol);
    await playUntil(call, 'the group has a new epoch', () => dave.epoch() === epoch + 1n);
    await call.play(1_000_000);
    expect(third.audible()).toBe(unexecuted === 'connections');
    // The next change of members goes its way all the same.
    dave.faults.unexecuted = 'none';
    await playUntil(call, 'the third can be heard', () => third.audible());
    said.push(third.speak(speech(20, 3)));
    await call.play(500_000);
    room.speaker(bob)!.leave();
    await call.play(2_000_000);
    await Promise.all(said);
    await call.stop();
    await expectAllKept(call, startUs);
  },
);

test.each(['none', 'connections'] as const)(
  'down to version 0 and up again in mid-sentence, told to execute: %s spared; nothing is lost',
  async (unexecuted) => {
    const { call, room, dave, startUs, a, b } = await recordingCall();
    call.voice.faults.jitterMeanUs = 2_000;
    dave.faults.unexecuted = unexecuted;
    const said = [a.speak(speech(220, 1)), b.speak(speech(220, 2))];
    await playFinely(call, 300_000);
    dave.setVersion(0);
    await playFinely(call, 300_000);
    // Who comes while nothing is encrypted has no key in any group.
    const third = room.addSpeaker(carol);
    said.push(third.speak(speech(100, 3)));
    await playFinely(call, 300_000);
    dave.setVersion(1);
    await playUntil(call, 'everybody is encrypted again', inGroup(call));
    await playFinely(call, 4_500_000);
    await Promise.all(said);
    await call.stop();
    await expectAllKept(call, startUs);
  },
);

test('a channel that begins at version 0 goes up in mid-sentence: nothing is lost', async () => {
  const { call, dave, startUs, a } = await recordingCall(0);
  const said = a.speak(speech(150, 1));
  await call.play(300_000);
  dave.setVersion(1);
  await playUntil(call, 'everybody is encrypted', inGroup(call));
  await call.play(3_500_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
});

test.each([false, true])(
  'the WebSocket is cut while members change, op 9 late: %s; nothing is lost',
  async (late) => {
    const { call, room, dave, startUs, a, b } = await recordingCall();
    call.voice.gatewayFaults.resumedLate = late;
    const said = [a.speak(speech(120, 1)), b.speak(speech(60, 2))];
    await call.play(300_000);
    const epoch = dave.epoch();
    call.voice.dropWebSocket(botId);
    const third = room.addSpeaker(carol);
    await playUntil(call, 'the newcomer can be heard', () => third.audible());
    expect(dave.epoch()).toBe(epoch + 1n);
    said.push(third.speak(speech(30, 3)));
    await playUntil(call, 'the bot has followed', inGroup(call));
    await call.play(2_500_000);
    await Promise.all(said);
    expect(dave.epoch(), 'nobody had to be added anew').toBe(epoch + 1n);
    await call.stop();
    await expectAllKept(call, startUs);
  },
);

test('alone in the channel, the group is reset; who comes back is heard from the first word', async () => {
  const { call, room, startUs, a, b } = await recordingCall();
  const said = [a.speak(speech(30, 1)), b.speak(speech(20, 2))];
  await call.play(900_000);
  await Promise.all(said);
  a.leave();
  b.leave();
  await call.play(300_000);
  const again = room.addSpeaker(alice);
  await playUntil(call, 'a group of two', () => again.audible() && inGroup(call)());
  const anew = again.speak(speech(40, 3));
  await call.play(1_500_000);
  await anew;
  await call.stop();
  await expectAllKept(call, startUs);
});

test('what is on its way when the bot joins the group anew is opened with the keys from before', async () => {
  const { call, room, dave, startUs, b } = await recordingCall();
  const epoch = dave.epoch();
  b.faults.reorderRate = 1;
  const said = b.speak(speech(20, 2));
  await call.clock.advance(1_000);
  b.faults.reorderRate = 0;
  expect(room.truth.of(bob)).toHaveLength(1);
  const networking = Reflect.get(recordersConnection().state, 'networking') as Networking;
  (networking.state as NetworkingReadyState).dave!.recoverFromInvalidTransition(0);
  await until(() => dave.epoch() === epoch + 2n && inGroup(call)(), 'the bot was added anew');
  await playFinely(call, 1_000_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
});

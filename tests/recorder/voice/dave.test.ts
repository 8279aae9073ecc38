/** Voice channels: everything is end-to-end encrypted (DAVE), by the real davey on both sides. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DAVESession } from '@discordjs/voice';
import { afterEach, expect, test } from 'vitest';
import { isProtocolFrame } from '../../../recorder/voice/dave-frame.ts';
import { takeDave } from '../../../recorder/voice/dave.ts';
import { readSession } from '../../../recorder/session/reader.ts';
import { botId, channelId, expectAllKept, openCall, recordersConnection, speech, until } from './call.ts';
import type { Call } from './call.ts';

const alice = '300000000000000001';
const bob = '300000000000000002';
const carol = '300000000000000003';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function recordingCall() {
  const call = (open = await openCall({ daveVersion: 1 }));
  const startUs = call.clock.nowUs();
  call.room.addSpeaker(alice);
  call.room.addSpeaker(bob);
  await call.start();
  await grouped(call, alice, bob, botId);
  return { call, startUs };
}

/** Everybody is in the group, and speaks in the epoch that the recorder knows. */
async function grouped({ room }: Call, ...userIds: string[]): Promise<void> {
  const wanted = userIds.sort().join();
  await until(() => room.dave!.memberUserIds().sort().join() === wanted, 'everybody is in the group');
  const agreed = (): boolean => recordersConnection().voicePrivacyCode === room.dave!.privacyCode();
  await until(agreed, 'the privacy codes agree');
  for (const speaker of room.speakers()) await speaker.whenAudible();
}

/** Lets time pass a frame at a time with a pause for the machine, as a call does, until something has happened. */
async function playUntil({ clock }: Call, happened: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 60 && !(await happened()); turn += 1) {
    await clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await happened()).toBe(true);
}

const journalOf = (call: Call): Promise<string> =>
  readFile(path.join(call.dataFolder, 'sessions', call.request().sessionId, 'journal.jsonl'), 'utf8');

test('every packet of both speakers, to the millisecond', async () => {
  const { call, startUs } = await recordingCall();
  Object.assign(call.voice.shape, { padding: true, extension: true });
  const said = [
    call.room.speaker(alice)!.speak(speech(50, 1)),
    call.room.speaker(bob)!.speak(speech(40, 2), { startUs: startUs + 333_000 }),
  ];
  await call.play(1_500_000);
  await Promise.all(said);
  expect(await call.stop()).toMatchObject({ speakers: 2 });
  await expectAllKept(call, startUs);
});

test('a member joins and another leaves in mid-sentence', async () => {
  const { call, startUs } = await recordingCall();
  const said = call.room.speaker(alice)!.speak(speech(100, 1));
  await call.play(300_000);
  const third = call.room.addSpeaker(carol);
  await playUntil(call, () => third.audible());
  const also = third.speak(speech(20, 3));
  await call.play(700_000);
  call.room.speaker(bob)!.leave();
  await call.play(1_500_000);
  await Promise.all([said, also]);
  await call.stop();
  await expectAllKept(call, startUs);
});

test('the application dies and comes back: the new connection joins the group anew in mid-sentence', async () => {
  const { call, startUs } = await recordingCall();
  const said = call.room.speaker(alice)!.speak(speech(120, 1));
  await call.play(300_000);
  call.app.die();
  call.app.connect();
  const epoch = call.room.dave!.epoch();
  await playUntil(call, async () => (await journalOf(call)).includes('handed-over'));
  await playUntil(call, () => call.room.dave!.epoch() > epoch);
  // One commit took the old connection's leaf out and the new one's in: no epoch passed without us.
  expect(call.room.dave!.epoch()).toBe(epoch + 1n);
  await call.play(3_000_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
  expect(await journalOf(call)).not.toContain('"gap"');
});

test('frames that nobody can decrypt are holes with their reason, and the group is joined anew', async () => {
  const { call } = await recordingCall();
  const speaker = call.room.speaker(alice)!;
  const before = call.room.dave!.epoch();
  speaker.garbled = true;
  const said = speaker.speak(speech(60, 1), { silenceFrames: 0 });
  await call.play(1_300_000);
  await said;
  speaker.garbled = false;
  // One epoch without the bot, one with it again.
  await until(() => call.room.dave!.epoch() === before + 2n, 'the bot was added again');
  await grouped(call, alice, bob, botId);
  const again = speaker.speak(speech(20, 2));
  await call.play(1_000_000);
  await again;
  await call.stop();
  const session = await readSession(path.join(call.dataFolder, 'sessions', call.request().sessionId));
  expect(session.tracks.map(({ userId, packets }) => [userId, packets])).toEqual([[alice, 25]]);
  expect(session.gaps.map(({ reason }) => reason)).toContain('undecryptable');
  expect(call.logged.some((line) => line.includes('joining anew'))).toBe(true);
});

test('a bad MLS message recovers the session instead of ending the process', () => {
  const session = new DAVESession(1, botId, channelId, { decryptionFailureTolerance: Infinity });
  session.reinit();
  const invalidated: number[] = [];
  session.on('invalidateTransition', (transitionId) => invalidated.push(transitionId));
  const faults: unknown[] = [];
  takeDave(
    session,
    () => 0,
    (error) => faults.push(error),
  );
  expect(session.processProposals(Buffer.from([0, 1, 2]), new Set())).toBeUndefined();
  session.setExternalSender(Buffer.from([1]));
  expect(faults).toHaveLength(2);
  // The second comes while the session is being joined anew already.
  expect(invalidated).toEqual([0]);
  session.destroy();
});

test.each<[string, number[], boolean]>([
  ['the trailer', [...Array<number>(9).fill(1), 12, 0xfa, 0xfa], true],
  ['a longer frame with it', [...Array<number>(60).fill(1), 14, 0xfa, 0xfa], true],
  ['other last bytes', [...Array<number>(60).fill(1), 14, 0xfa, 0xfb], false],
  ['a supplement longer than the frame', [...Array<number>(9).fill(1), 13, 0xfa, 0xfa], false],
  ['a supplement too short', [...Array<number>(60).fill(1), 11, 0xfa, 0xfa], false],
  ['silence', [0xf8, 0xff, 0xfe], false],
])('a protocol frame is known by %s', (_name, bytes, expected) => {
  expect(isProtocolFrame(Buffer.from(bytes))).toBe(expected);
});

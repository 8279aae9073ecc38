/** Who does not want to be recorded, before and during: nothing of them is decrypted, and nobody else loses a packet. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { type Call, channelId, guildId, openCall, recordersConnection, speech, until } from './voice/call.ts';

const alice = '300000000000000001';
const bob = '300000000000000002';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const folderOf = (call: Call) => path.join(call.dataFolder, 'sessions', call.request().sessionId);

/** What stands in a person's track, by the first byte after the fixed ones that `speech` gives a packet. */
async function heard(call: Call, userId: string): Promise<string[]> {
  const { tracks } = await readSession(folderOf(call));
  const packets: string[] = [];
  for (const track of tracks.filter((each) => each.userId === userId))
    for await (const { opus } of readTrackPackets(track)) packets.push(Buffer.from(opus).toString('hex'));
  return packets;
}

const hex = (packets: readonly Uint8Array[]) => packets.map((packet) => Buffer.from(packet).toString('hex'));

describe.each([0, 1] as const)('DAVE version %i', (daveVersion) => {
  async function recording(refusedUserIds: string[] = []) {
    const call = (open = await openCall({ daveVersion }));
    await call.start({ ...call.request(), refusedUserIds });
    const [a, b] = [call.room.addSpeaker(alice), call.room.addSpeaker(bob)];
    const { dave } = call.room;
    const grouped = () =>
      dave!.memberUserIds().length === 3 && recordersConnection().voicePrivacyCode === dave!.privacyCode();
    if (dave !== undefined) await until(grouped, 'everybody is in the group');
    await Promise.all([a.whenAudible(), b.whenAudible()]);
    await call.play(500_000);
    const consent = (userId: string, refused: boolean) =>
      call.core.receive({ type: 'consent', guildId: call.request().guildId, userId, refused });
    return { call, a, b, consent };
  }

  test('refused before: no track, nothing decrypted, and the ledger says so', async () => {
    const { call, a, b } = await recording([alice]);
    const said = [a.speak(speech(30, 1)), b.speak(speech(30, 2))];
    await call.play(1_200_000);
    await Promise.all(said);
    const counts = call.core.counts(call.request().sessionId)!;
    await call.stop();
    const session = await readSession(folderOf(call));
    expect(session.tracks.map(({ userId }) => userId)).toEqual([bob]);
    expect(await heard(call, bob)).toEqual(expect.arrayContaining(hex(speech(30, 2))));
    expect(counts.refused).toBe(35);
    expect(session.consent).toEqual([
      { atUs: 0, event: 'told', userIds: [] },
      { atUs: expect.any(Number) as number, event: 'refused', userIds: [alice] },
    ]);
    const journal = await readFile(path.join(folderOf(call), 'journal.jsonl'), 'utf8');
    expect(journal).toMatch(/"type":"not-heard".*"reason":"consent"/);
  });

  test('refused and allowed again in mid-sentence: a hole for consent, no loss, and the rest in its place', async () => {
    const { call, a, b, consent } = await recording();
    const [begunUs, beginUs] = [500_000, call.clock.nowUs()];
    const [words, others] = [speech(150, 1), speech(150, 2)];
    const said = [a.speak(words), b.speak(others)];
    await call.play(1_000_000);
    consent(alice, true);
    const refusedUs = call.clock.nowUs();
    await call.play(1_000_000);
    consent(alice, false);
    // Said again, as by an application that came back, it changes nothing.
    consent(alice, false);
    const allowedUs = call.clock.nowUs();
    await call.play(1_500_000);
    await Promise.all(said);
    await call.stop();
    const session = await readSession(folderOf(call));
    const track = session.tracks.find(({ userId }) => userId === alice)!;
    expect(session.gaps.filter((gap) => gap.track === track.number)).toEqual([
      {
        track: track.number,
        startUs: refusedUs - beginUs + begunUs,
        endUs: allowedUs - beginUs + begunUs,
        reason: 'consent',
      },
    ]);
    expect(track.lost).toBe(0);
    const kept = await heard(call, alice);
    const missing = hex(words).filter((packet) => !kept.includes(packet));
    // 50 packets were due in that second; the one on its way at either edge may go either way.
    expect(missing.length).toBeGreaterThanOrEqual(49);
    expect(missing.length).toBeLessThanOrEqual(51);
    expect(missing).toEqual(hex(words).slice(hex(words).indexOf(missing[0]!)).slice(0, missing.length));
    expect(await heard(call, bob)).toEqual(expect.arrayContaining(hex(others)));
  });
});

test('what was said before its sender was known is not decrypted while somebody refuses, and kept once they are known', async () => {
  const call = (open = await openCall());
  await call.start({ ...call.request(), refusedUserIds: [alice] });
  const a = call.room.addSpeaker(alice, { announceDelayUs: 400_000 });
  const b = call.room.addSpeaker(bob, { announceDelayUs: 400_000 });
  const said = [a.speak(speech(40, 1)), b.speak(speech(40, 2))];
  await call.play(1_500_000);
  await Promise.all(said);
  await call.stop();
  expect(await heard(call, alice)).toEqual([]);
  expect(await heard(call, bob)).toEqual(expect.arrayContaining(hex(speech(40, 2))));
});

test('more people are told, and a sound that no microphone sent: both are in the ledger, on the clock', async () => {
  const call = (open = await openCall());
  await call.start();
  await call.play(500_000);
  const { sessionId } = call.request();
  const notice = { channelId, messageId: '6', atMs: 2 };
  call.core.receive({ type: 'told', sessionId, notice, userIds: [alice] });
  call.core.receive({ type: 'sound-effect', sessionId, userId: bob, name: 'quack' });
  await call.stop();
  const session = await readSession(folderOf(call));
  expect(session.consent.at(-1)).toEqual({ atUs: 500_000, event: 'told', userIds: [alice] });
  expect(session.soundEffects).toEqual([{ atUs: 500_000, userId: bob, name: 'quack' }]);
});

test('forgotten in a running recording: nothing more is kept, and what was said goes when it ends', async () => {
  const call = (open = await openCall());
  await call.start();
  const [a, b] = [call.room.addSpeaker(alice), call.room.addSpeaker(bob)];
  const said = [a.speak(speech(60, 1)), b.speak(speech(60, 2))];
  await call.play(600_000);
  call.core.receive({ type: 'erase', requestId: 'erase', guildId, userId: alice });
  expect(await call.app.next('erased')).toMatchObject({ sessionIds: [], live: [call.request().sessionId] });
  const { refused, kept } = call.core.counts(call.request().sessionId)!;
  await call.play(1_200_000);
  await Promise.all(said);
  // From then on nothing more of them is decrypted: the rest of her 65 packets, while all of Bob's are kept.
  const counts = call.core.counts(call.request().sessionId)!;
  expect(counts.refused - refused).toBeGreaterThan(30);
  expect(counts.refused + counts.kept).toBe(2 * 65);
  expect(counts.kept - kept).toBeLessThanOrEqual(40);
  expect(await call.stop()).toMatchObject({ speakers: 1, erasedTracks: 1 });
  const journal = await readFile(path.join(folderOf(call), 'journal.jsonl'), 'utf8');
  expect(journal).not.toContain(alice);
  expect(await heard(call, bob)).toEqual(expect.arrayContaining(hex(speech(60, 2))));
});

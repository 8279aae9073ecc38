/**
 * The bot cannot hear though people speak: the host is told within 10 s, recovery runs, and the hole is a gap. Real library,
 * real sockets; what the server sent is compared with what was kept, byte for byte.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { botId, channelId, guildId, openCall, recordersConnection, speech, until } from './call.ts';
import type { Call } from './call.ts';

const [alice, bob] = ['300000000000000001', '300000000000000002'] as const;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function recordingCall(daveVersion: 0 | 1) {
  const call = (open = await openCall({ daveVersion }));
  const { room, clock } = call;
  const [a, b] = [room.addSpeaker(alice), room.addSpeaker(bob)];
  const startUs = clock.nowUs();
  await call.start();
  if (room.dave) {
    await until(() => room.dave!.memberUserIds().includes(botId), 'the bot is in the group');
    const agreed = (): boolean => recordersConnection().voicePrivacyCode === room.dave!.privacyCode();
    await until(agreed, 'the privacy codes agree');
    for (const speaker of [a, b]) await speaker.whenAudible();
  }
  return { call, room, startUs, a, b };
}

/** Lets time pass with pauses for the machine, since recovery takes real sockets, until something has happened. */
async function flow(
  { clock }: Call,
  us: number,
  happened = (): boolean => false,
  stepUs = 100_000,
): Promise<void> {
  for (let passedUs = 0; passedUs < us && !happened(); passedUs += stepUs) {
    await clock.advance(stepUs);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

const folderOf = (call: Call): string => path.join(call.dataFolder, 'sessions', call.request().sessionId);
const warnings = (call: Call) =>
  call.app.messages.flatMap((message) => (message.type === 'warning' ? message.code : []));
const told = (call: Call, code: string) => (): boolean => warnings(call).includes(code);
const health = (call: Call): string => call.core.live()[0]!.health;
async function journal(call: Call): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path.join(folderOf(call), 'journal.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
const stepsIn = async (call: Call) =>
  (await journal(call)).filter(({ type }) => type === 'recovery').map(({ step }) => step);

/** What was sent to a connection is kept, in order, and the span is one gap `deaf` of every track. */
async function expectHole(call: Call, startUs: number, fromUs: number, toUs: number): Promise<void> {
  const session = await readSession(folderOf(call));
  for (const track of session.tracks) {
    const kept = await Array.fromAsync(readTrackPackets(track));
    const sent = call.room.truth.of(track.userId).filter(({ recipients }) => recipients > 0);
    expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(sent.map(({ opus }) => Buffer.from(opus)));
  }
  const holes = session.gaps.filter(({ track }) => track === 0);
  expect(holes.map(({ reason }) => reason)).toEqual(['deaf']);
  expect(Math.abs(holes[0]!.startUs - (fromUs - startUs))).toBeLessThanOrEqual(200_000);
  expect(Math.abs(holes[0]!.endUs - (toUs - startUs))).toBeLessThan(1_000_000);
}

test('the server stops sending until the WebSocket is resumed: mended before anybody need be told', async () => {
  const { call, room, startUs, a } = await recordingCall(0);
  const said = a.speak(speech(700, 1));
  await flow(call, 2_000_000);
  const fromUs = call.clock.nowUs();
  room.deafen(botId, 'resumed');
  await flow(call, 3_500_000);
  expect(health(call)).toBe('good');
  await flow(call, 4_000_000, () => health(call) === 'deaf');
  await flow(call, 4_000_000, () => health(call) === 'good');
  const toUs = call.clock.nowUs();
  expect(toUs - fromUs).toBeLessThan(8_000_000);
  await flow(call, 14_500_000 - (call.clock.nowUs() - startUs));
  await said;
  await call.stop();
  expect(warnings(call)).toEqual([]);
  expect(await stepsIn(call)).toEqual(['resume']);
  await expectHole(call, startUs, fromUs, toUs);
});

test.each([0, 1] as const)(
  'DAVE %i, the NAT forgets our address: told within 10 s, mended by joining anew',
  async (daveVersion) => {
    const { call, room, startUs, a, b } = await recordingCall(daveVersion);
    const said = [a.speak(speech(900, 1)), b.speak(speech(60, 2))];
    await flow(call, 3_000_000);
    const fromUs = call.clock.nowUs();
    room.deafen(botId, 'replaced');
    await flow(call, 10_000_000, told(call, 'deaf'));
    expect(told(call, 'deaf')()).toBe(true);
    expect(call.clock.nowUs() - fromUs).toBeLessThan(10_000_000);
    await flow(call, 30_000_000, told(call, 'hearing'), 20_000);
    expect(told(call, 'hearing')()).toBe(true);
    expect(health(call)).toBe('good');
    const toUs = call.clock.nowUs();
    a.hush();
    await flow(call, 500_000);
    await Promise.all(said);
    await call.stop();
    expect(warnings(call).filter((code) => code !== 'connection-lost')).toEqual(['deaf', 'hearing']);
    expect(await stepsIn(call)).toEqual(['resume', 'rejoin']);
    if (daveVersion === 0) await expectHole(call, startUs, fromUs, toUs);
    else expect((await readSession(folderOf(call))).gaps.map(({ reason }) => reason)).toContain('deaf');
  },
);

test('a member is announced (op 5) but never heard, and the shard is not ready: told, and no rejoin until it is', async () => {
  const { call, room, a } = await recordingCall(0);
  await flow(call, 3_000_000);
  room.deafen(botId, 'lifted');
  const said = a.speak(speech(1_500, 1));
  call.core.receive({ type: 'shard', guildId, ready: false });
  const sends = (): number => call.app.messages.filter(({ type }) => type === 'gateway-send').length;
  const before = sends();
  await flow(call, 10_000_000, told(call, 'deaf'));
  expect(told(call, 'deaf')()).toBe(true);
  await flow(call, 8_000_000);
  expect(sends()).toBe(before);
  expect(await stepsIn(call)).toEqual(['resume']);
  room.undeafen(botId);
  await flow(call, 3_000_000, told(call, 'hearing'));
  a.hush();
  await flow(call, 500_000);
  await said;
  expect(warnings(call)).toEqual(['deaf', 'hearing']);
});

test('nothing decrypts: told within 10 s, joined anew by op 31, resumed, rejoined; and told when it is over', async () => {
  const { call, room, a, b } = await recordingCall(1);
  const said = [a.speak(speech(1_500, 1)), b.speak(speech(1_500, 2))];
  await flow(call, 2_000_000);
  const fromUs = call.clock.nowUs();
  a.garbled = b.garbled = true;
  await flow(call, 10_000_000, told(call, 'undecryptable'));
  expect(told(call, 'undecryptable')()).toBe(true);
  expect(call.clock.nowUs() - fromUs).toBeLessThan(10_000_000);
  expect(health(call)).toBe('undecryptable');
  let steps: unknown[] = [];
  for (let turn = 0; turn < 40 && !steps.includes('rejoin'); turn += 1) {
    await flow(call, 400_000, undefined, 40_000);
    steps = await stepsIn(call);
  }
  expect([...new Set(steps)]).toEqual(['rekey', 'resume', 'rejoin']);
  a.garbled = b.garbled = false;
  await flow(call, 10_000_000, told(call, 'hearing'), 20_000);
  expect(told(call, 'hearing')()).toBe(true);
  for (const speaker of room.speakers()) speaker.hush();
  await flow(call, 500_000);
  await Promise.all(said);
  await call.stop();
  expect((await readSession(folderOf(call))).gaps.filter(({ track }) => track === 0)).toMatchObject([
    { reason: 'deaf' },
  ]);
});

test('a moderator deafens the bot: told at once, nothing is tried, and the hole is a gap', async () => {
  const { call, room, startUs, a } = await recordingCall(0);
  const said = a.speak(speech(1_000, 1));
  const deaf = (is: boolean): void => {
    const state = { user_id: botId, channel_id: channelId, session_id: 'session-1', deaf: is };
    if (is) room.deafen(botId, 'lifted');
    else room.undeafen(botId);
    call.core.receive({ type: 'voice-state', guildId, payload: state });
  };
  await flow(call, 1_000_000);
  const fromUs = call.clock.nowUs();
  deaf(true);
  await flow(call, 1_000_000, told(call, 'server-deaf'));
  expect(call.clock.nowUs() - fromUs).toBeLessThan(1_000_000);
  await flow(call, 15_000_000);
  expect(health(call)).toBe('server-deaf');
  const toUs = call.clock.nowUs();
  deaf(false);
  await flow(call, 1_000_000);
  a.hush();
  await flow(call, 500_000);
  await said;
  await call.stop();
  expect(warnings(call)).toEqual(['server-deaf', 'hearing']);
  expect(await stepsIn(call)).toEqual([]);
  await expectHole(call, startUs, fromUs, toUs);
});

test('people who stop, are muted in mid-word, are named again, or come and say nothing: no alarm', async () => {
  const { call, room, a, b } = await recordingCall(0);
  const said = [a.speak(speech(100, 1)), b.speak(speech(120, 2))];
  await flow(call, 4_000_000);
  await Promise.all(said);
  room.reannounce();
  room.addSpeaker('300000000000000003');
  await flow(call, 15_000_000);
  // A moderator mutes: the server stops in mid-word, and Discord says so.
  const cut = b.speak(speech(500, 3), { silenceFrames: 0 });
  await flow(call, 1_000_000);
  const muted = { user_id: bob, channel_id: channelId, session_id: 'x', mute: true };
  b.faults.lossRate = 1;
  call.core.receive({ type: 'voice-state', guildId, payload: muted });
  await flow(call, 15_000_000);
  await cut;
  expect(warnings(call)).toEqual([]);
  expect(health(call)).toBe('good');
  expect(await stepsIn(call)).toEqual([]);
});

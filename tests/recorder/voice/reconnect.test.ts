/** Voice connections that break: what comes back by itself, what is asked for, and what the journal says of it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSession } from '../../../recorder/session/reader.ts';
import { botId, expectAllKept, guildId, openCall, speech, until } from './call.ts';
import type { Call } from './call.ts';

const alice = '300000000000000001';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function recordingCall() {
  const call = (open = await openCall());
  const startUs = call.clock.nowUs();
  await call.start();
  return { call, startUs };
}

interface Entry {
  type: string;
  [field: string]: unknown;
}
async function journalOf(call: Call): Promise<Entry[]> {
  const file = path.join(call.dataFolder, 'sessions', call.request().sessionId, 'journal.jsonl');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

const joins = ({ app }: Call): number =>
  app.messages.filter(
    (message) => message.type === 'gateway-send' && JSON.stringify(message).includes('"channel_id":"'),
  ).length;

test('the WebSocket drops and resumes in mid-sentence: nothing is lost, nobody is asked', async () => {
  const { call, startUs } = await recordingCall();
  const said = call.room.addSpeaker(alice).speak(speech(60, 1));
  await call.play(300_000);
  call.voice.dropWebSocket(botId);
  await call.play(1_500_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
  expect(joins(call)).toBe(1);
  expect((await journalOf(call)).map(({ type }) => type)).not.toContain('warning');
});

test.each([4006, 4009])('close %i: a new connection, and the hole is in the journal', async (closeCode) => {
  const { call } = await recordingCall();
  const speaker = call.room.addSpeaker(alice);
  const before = speaker.speak(speech(20, 1));
  await call.play(600_000);
  await before;
  call.voice.disconnect(botId, closeCode);
  await call.app.next('warning');
  expect(call.core.live()).toMatchObject([{ state: 'reconnecting' }]);
  await call.clock.advance(2_000_000);
  await until(() => call.core.live()[0]?.state === 'recording', 'the session records again');
  const after = speaker.speak(speech(20, 2));
  await call.play(1_000_000);
  await after;
  await call.stop();

  const session = await readSession(path.join(call.dataFolder, 'sessions', call.request().sessionId));
  expect(session.tracks).toMatchObject([{ userId: alice, packets: 50 }]);
  expect(session.gaps).toEqual([{ track: 0, startUs: 600_000, endUs: 2_600_000, reason: 'reconnect' }]);
  const entries = await journalOf(call);
  expect(entries.find(({ type }) => type === 'warning')).toMatchObject({
    code: 'connection-lost',
    closeCode,
  });
  expect(entries.find(({ type }) => type === 'reconnect')).toMatchObject({ change: 'rejoined' });
  expect(joins(call)).toBe(2);
});

test('a voice server that refuses again and again is asked ever more seldom', async () => {
  const { call } = await recordingCall();
  const refusals = () => call.logged.filter((line) => line.includes('"status":"disconnected"')).length;
  // The join itself counts among the four op 4s that one guild has in 20 s.
  await call.clock.advance(20_000_000);
  // The gateway goes on naming a session that the voice server does not know.
  call.app.misleads = true;
  call.voice.disconnect(botId, 4006);
  await call.app.next('warning');
  const askedMs: number[] = [];
  for (let ms = 0; ms < 40_000; ms += 500) {
    if (joins(call) > askedMs.length + 1) askedMs.push(ms);
    await until(() => refusals() === joins(call), 'the voice server has refused');
    await call.clock.advance(500_000);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  // At once, then after 2, 4, 8 and 16 s, each a fifth more or less.
  expect(askedMs).toHaveLength(5);
  for (const [index, waitMs] of [2_000, 4_000, 8_000, 16_000].entries())
    expect(Math.abs(askedMs[index + 1]! - askedMs[index]! - waitMs)).toBeLessThan(waitMs / 5 + 1_000);
  expect(call.core.live()).toMatchObject([{ state: 'reconnecting' }]);
});

test('what does not come back in time is sealed as disconnected', async () => {
  const call = (open = await openCall({ reconnectLimitMs: 0 }));
  await call.start();
  call.app.answers = 'never';
  call.core.receive({ type: 'shard', guildId, ready: false });
  call.voice.disconnect(botId, 4006);
  expect((await call.app.next('sealed')).session).toMatchObject({ reason: 'disconnected' });
  expect(call.app.messages.filter(({ type }) => type === 'warning')).toMatchObject([
    { code: 'connection-lost' },
    { code: 'disconnected' },
  ]);
  expect(call.core.live()).toEqual([]);
});

/** The recorder with the real @discordjs/voice against the simulated voice server, on a clock that tests move. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { channelId, expectAllKept, guildId, openCall, speech, until } from './call.ts';
import type { Call, CallOptions } from './call.ts';

const alice = '300000000000000001';
const bob = '300000000000000002';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function recordingCall(options: CallOptions = {}) {
  const call = (open = await openCall(options));
  const startUs = call.clock.nowUs();
  const started = await call.start();
  return { call, startUs, started };
}

test.each<CallOptions>([
  { modes: ['aead_aes256_gcm_rtpsize'] },
  { modes: ['aead_xchacha20_poly1305_rtpsize'] },
])('a stage, $modes: every packet of both speakers, to the millisecond', async (options) => {
  const { call, startUs } = await recordingCall(options);
  Object.assign(call.voice.shape, { padding: true, extension: true });
  const [a, b] = [call.room.addSpeaker(alice), call.room.addSpeaker(bob)];
  const said = [a.speak(speech(50, 1)), b.speak(speech(40, 2), { startUs: startUs + 333_000 })];
  await call.play(2_000_000);
  said.push(a.speak(speech(20, 3)));
  await call.play(1_000_000);
  await Promise.all(said);
  const sealed = await call.stop();
  expect(sealed).toMatchObject({ reason: 'stop', speakers: 2, durationUs: 3_000_000 });
  await expectAllKept(call, startUs);
});

test('the notice is in the journal before anything else', async () => {
  const { call } = await recordingCall();
  await call.stop();
  const journal = await readFile(
    path.join(call.dataFolder, 'sessions', call.request().sessionId, 'journal.jsonl'),
    'utf8',
  );
  const entries = journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; messageId?: string });
  expect(entries.map(({ type }) => type)).toEqual(['header', 'told', 'datagrams', 'sealed']);
  expect(entries[1]?.messageId).toBe('5');
});

test('the application dies in mid-sentence and comes back: nothing is lost', async () => {
  const { call, startUs } = await recordingCall();
  const { app, room, clock } = call;
  const said = room.addSpeaker(alice).speak(speech(150, 1));
  await call.play(500_000);
  app.die();
  await call.play(500_000);
  const seen = app.messages.length;
  app.connect();
  const welcome = await app.next('welcome', seen);
  expect(welcome.live).toMatchObject([{ sessionId: call.request().sessionId, state: 'recording' }]);
  // Audio goes on while both connections stand.
  const journal = (): Promise<string> =>
    readFile(path.join(call.dataFolder, 'sessions', call.request().sessionId, 'journal.jsonl'), 'utf8');
  for (let turn = 0; turn < 40 && !(await journal()).includes('handed-over'); turn += 1) {
    await clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await call.play(2_500_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
  expect(await journal()).not.toContain('"gap"');
});

test('a second session in the guild is refused', async () => {
  const { call } = await recordingCall();
  const second = { ...call.request(), sessionId: crypto.randomUUID() };
  call.core.receive({ type: 'start', requestId: 'second', session: second });
  expect(await call.app.next('refused')).toMatchObject({ requestId: 'second', code: 'already-recording' });
});

test('no answer to op 4: refused, nothing remains, and the next start works', async () => {
  const call = (open = await openCall({ joinTimeoutMs: 100 }));
  call.app.answers = 'never';
  call.core.receive({ type: 'start', requestId: 'r', session: call.request() });
  expect(await call.app.next('refused')).toMatchObject({ requestId: 'r', code: 'join-timeout' });
  expect(call.core.live()).toEqual([]);
  await expect(readFile(path.join(call.dataFolder, 'sessions', call.request().sessionId))).rejects.toThrow(
    'ENOENT',
  );
  const left = call.app.messages.findLast(({ type }) => type === 'gateway-send');
  expect(left).toMatchObject({ guildId, payload: { op: 4, d: { channel_id: null } } });
  call.app.answers = 'server-first';
  expect(await call.start()).toMatchObject({ requestId: 'start' });
});

test('markers stand at their moment; unknown sessions are refused', async () => {
  const { call } = await recordingCall();
  const { sessionId } = call.request();
  await call.play(1_500_000);
  call.core.receive({ type: 'marker', requestId: 'm', sessionId, name: 'Questions', byUserId: '1' });
  expect(await call.app.next('marked')).toEqual({ type: 'marked', requestId: 'm', atUs: 1_500_000 });
  const unknown = crypto.randomUUID();
  call.core.receive({ type: 'marker', requestId: 'n', sessionId: unknown, name: 'x', byUserId: '1' });
  expect(await call.app.next('refused')).toMatchObject({ requestId: 'n', code: 'unknown-session' });
});

test('sealed sessions are told again until they are acknowledged', async () => {
  const { call } = await recordingCall();
  const sealed = await call.stop();
  const welcome = async () => {
    const from = call.app.messages.length;
    call.app.connect();
    return call.app.next('welcome', from);
  };
  expect((await welcome()).sealed).toEqual([sealed]);
  call.core.receive({ type: 'acknowledge', sessionId: sealed.sessionId });
  let list = [sealed];
  await until(() => {
    void welcome().then((message) => (list = message.sealed));
    return list.length === 0;
  }, 'the acknowledged session is forgotten');
});

test('a bot taken out of the channel ends its session', async () => {
  const { call } = await recordingCall();
  const payload = { user_id: '900000000000000001', channel_id: null, session_id: 'session-1' };
  call.core.receive({ type: 'voice-state', guildId, payload });
  expect(await call.app.next('warning')).toMatchObject({ code: 'removed' });
  expect((await call.app.next('sealed')).session).toMatchObject({ reason: 'removed', channelId });
});

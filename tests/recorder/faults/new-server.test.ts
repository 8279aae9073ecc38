/** Discord gives the call another voice server in mid-sentence. */
import { afterEach, expect, test } from 'vitest';
import type { ServerChange } from '../../../src/simulator/state/voice-states.ts';
import { until } from '../voice/call.ts';
import { compare, expectOneHole } from './compare.ts';
import { closeCall, talking, type GuildCall } from './guild-call.ts';

afterEach(closeCall);

const connecting = ({ logged }: GuildCall): number =>
  logged.filter((line) => line.includes('"status":"connecting"')).length;

// While the former server stands it is read until the next one is, and beyond.
test.each<[string, ServerChange]>([
  ['the state first, of a new voice session', { state: 'first', newSession: true }],
  ['the server first, then the state of a new voice session', { state: 'last', newSession: true }],
  ['the state first, of the same voice session', { state: 'first' }],
  ['the server first, then the state of the same voice session', { state: 'last' }],
  ['the server alone', { state: 'none' }],
  ['no endpoint first, then state and server', { state: 'first', newSession: true, gone: true }],
  ['no endpoint first, then server and state', { state: 'last', newSession: true, gone: true }],
])('%s: nothing is lost', async (_, change) => {
  const { call, said } = await talking(250);
  call.guild.changeVoiceServer(call.bot.userId, change);
  await call.play(4_500_000);
  await said;
  await call.stop();
  expect(await compare(call)).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
  const changes = (await call.journal()).filter(({ type }) => type === 'reconnect');
  expect(changes).toMatchObject([{ change: 'handed-over' }]);
  // The join, and the leave at the end: it came by itself.
  expect(call.find('gateway-send')).toHaveLength(2);
  expect(call.find('warning')).toEqual([]);
});

test('the next server takes eight seconds to be ready: the former is read until then, and nothing is lost', async () => {
  const { call, said } = await talking(500);
  call.discord.voice.gatewayFaults.readyDelayUs = 8_000_000;
  call.guild.changeVoiceServer(call.bot.userId, { state: 'first', newSession: true });
  await call.play(9_500_000);
  await said;
  await call.stop();
  expect(await compare(call)).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
  const changes = (await call.journal()).filter(({ type }) => type === 'reconnect');
  expect(changes).toMatchObject([{ change: 'handed-over' }]);
});

test.each<[number, ServerChange['state']]>([
  [4022, 'first'],
  [4022, 'last'],
  [4014, 'none'],
])(
  'the former server hangs up with %i, later the next one is named (state: %s): lost is what was said between them',
  async (hangUp, state) => {
    const { call, said } = await talking(250);
    const fromUs = call.clock.nowUs();
    call.discord.voice.disconnect(call.bot.userId, hangUp);
    await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
    await call.play(200_000);
    call.guild.changeVoiceServer(call.bot.userId, { state, newSession: state !== 'none', gone: true });
    await call.play(3_000_000, () => call.status()?.state === 'recording');
    expect(call.status()).toMatchObject({ state: 'recording' });
    await call.play(fromUs + 4_500_000 - call.clock.nowUs());
    await said;
    await call.stop();
    const outcome = await compare(call);
    expect(outcome.lost).toEqual(outcome.unheard);
    expectOneHole(outcome, call, 'reconnect', fromUs);
    expect(call.find('gateway-send')).toHaveLength(2);
  },
);

test('the next server is named in the moment the former one hangs up: that it did is noticed all the same', async () => {
  const { call, said } = await talking(250);
  const fromUs = call.clock.nowUs();
  const before = connecting(call);
  call.guild.changeVoiceServer(call.bot.userId, { state: 'first', newSession: true, hangUp: 4022 });
  await until(() => connecting(call) > before, 'it connects anew');
  // The closing handshake is done before the next server's TLS handshake.
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await call.clock.advance(200_000);
  await call.play(4_300_000);
  await said;
  await call.stop();
  const outcome = await compare(call);
  expect(outcome.lost).toEqual(outcome.unheard);
  expect(outcome.lost.length).toBeGreaterThan(2);
  expectOneHole(outcome, call, 'reconnect', fromUs);
});

/** The main gateway, which the application holds, breaks; the voice connection is another one. */
import { afterEach, expect, test } from 'vitest';
import { until } from '../voice/call.ts';
import { compare, expectOneHole } from './compare.ts';
import { closeCall, talking } from './guild-call.ts';

afterEach(closeCall);

test.each([
  ['drops', 'its session is resumed'],
  ['asks to resume (op 9)', 'it is'],
])('the gateway %s and %s: nothing is lost, and no op 4 is sent', async (what) => {
  const { call, said } = await talking();
  if (what === 'drops') call.bot.dropGateway();
  else call.bot.invalidateSession({ resumable: true });
  await until(() => call.app.ups() === 2, 'the gateway session is resumed');
  await call.play(2_500_000);
  await said;
  await call.stop();
  expect(await compare(call)).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
  expect(call.find('gateway-send')).toHaveLength(2);
});

test('the gateway session is invalid (op 9): Discord ends the voice session with it; rejoined, lost is what was said until then', async () => {
  const { call, said } = await talking();
  const fromUs = call.clock.nowUs();
  call.bot.invalidateSession();
  await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
  await call.play(1_900_000, () => call.status()?.state === 'recording');
  expect(call.status()).toMatchObject({ state: 'recording' });
  await call.play(fromUs + 2_500_000 - call.clock.nowUs());
  await said;
  await call.stop();
  const outcome = await compare(call);
  expect(outcome.lost).toEqual(outcome.unheard);
  expectOneHole(outcome, call, 'reconnect', fromUs);
  // Who saw the bot leave is told that it goes on.
  expect(call.find('warning').map(({ code }) => code)).toEqual(['connection-lost', 'returned']);
});

test('the application dies and comes back with a new gateway session: nothing is lost', async () => {
  const { call, said } = await talking(250);
  call.app.die();
  await call.play(1_000_000);
  await call.app.start();
  await call.play(3_500_000);
  await said;
  await call.stop();
  expect(await compare(call)).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
});

test('no gateway, and the voice server is gone: retried until the limit, then sealed with all that came before', async () => {
  const { call, said } = await talking(60, { reconnectLimitMs: 60_000 });
  await call.play(1_000_000);
  await said;
  call.app.die();
  const fromUs = call.clock.nowUs();
  call.discord.voice.disconnect(call.bot.userId, 4006);
  await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
  await call.wait(58_000_000, () => call.core.live().length === 0);
  expect(call.status()).toMatchObject({ state: 'reconnecting' });
  await call.wait(5_000_000, () => call.core.live().length === 0);
  await until(() => call.core.live().length === 0, 'the session is sealed');
  const outcome = await compare(call);
  expect(outcome).toMatchObject({ lost: [], reason: 'disconnected' });
  const startUs = fromUs - call.startUs;
  expect(outcome.gaps).toMatchObject([{ reason: 'reconnect', startUs }]);
  expect(outcome.gaps[0]!.endUs - startUs).toBeGreaterThanOrEqual(60_000_000);
  expect(call.find('gateway-send')).toHaveLength(1);
});

test('the recording that a limit ended does not come back with the gateway, and another one can begin', async () => {
  const { call, said } = await talking(60, { reconnectLimitMs: 1_000 });
  await call.play(1_000_000);
  await said;
  call.app.die();
  call.discord.voice.disconnect(call.bot.userId, 4006);
  await call.wait(3_000_000, () => call.core.live().length === 0);
  await until(() => call.core.live().length === 0, 'the session is sealed');
  await call.app.start();
  // What it could not say when it ended: that it is out of the channel.
  await until(() => call.stage.present().length === 1, 'the bot is out of the channel');
  call.discord.voice.gatewayFaults.readyDelayUs = 0;
  await call.start(crypto.randomUUID());
  expect(call.status()).toMatchObject({ state: 'recording' });
});

/** The voice server hangs up. What each code means stands in Discord's docs, Opcodes and Status Codes, "Voice Close Event Codes". */
import { afterEach, expect, test } from 'vitest';
import { speech, until } from '../voice/call.ts';
import { compare, expectOneHole } from './compare.ts';
import { closeCall, talking } from './guild-call.ts';

afterEach(closeCall);

test.each([
  [1006, 'the WebSocket breaks'],
  [4015, '"The server crashed. Our bad! Try resuming."'],
])('%i, %s: it is resumed while audio goes on, so nothing is lost and nobody is asked', async (code) => {
  const { call, said } = await talking();
  call.discord.voice.disconnect(call.bot.userId, code);
  await call.play(2_500_000);
  await said;
  await call.stop();
  const outcome = await compare(call);
  expect(outcome).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
  expect(call.find('warning')).toEqual([]);
  // The join, and the leave at the end.
  expect(call.find('gateway-send')).toHaveLength(2);
});

test.each([
  [4006, 'session no longer valid'],
  [4009, 'session timeout'],
  [4011, 'server not found'],
  [4017, 'DAVE protocol required'],
])('%i, %s: asked for anew at once; lost is what was said until the new connection', async (code) => {
  const { call, said } = await talking();
  const fromUs = call.clock.nowUs();
  call.discord.voice.disconnect(call.bot.userId, code);
  await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
  await call.play(1_900_000, () => call.status()?.state === 'recording');
  expect(call.status()).toMatchObject({ state: 'recording' });
  await call.play(fromUs + 2_500_000 - call.clock.nowUs());
  await said;
  await call.stop();
  const outcome = await compare(call);
  expect(outcome.lost).toEqual(outcome.unheard);
  expectOneHole(outcome, call, 'reconnect', fromUs);
  expect(await call.journal()).toContainEqual(
    expect.objectContaining({ type: 'warning', code: 'connection-lost', closeCode: code }),
  );
});

test.each([
  [4014, 'disconnected, and the gateway says nothing of it', [5_000, 7_500], []],
  [4021, 'rate limited', [24_000, 39_000], ['unwelcome']],
  [4022, 'call terminated', [24_000, 39_000], ['unwelcome']],
])(
  '%i, %s: "should not reconnect", so it is asked for late; lost is what was said until then',
  async (code, _, [leastMs, mostMs], told) => {
    const { call, said } = await talking(100);
    const fromUs = call.clock.nowUs();
    call.discord.voice.disconnect(call.bot.userId, code);
    await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
    await call.play(1_500_000);
    await said;
    expect(call.status()).toMatchObject({ state: 'reconnecting' });
    await call.wait(45_000_000, () => call.status()?.state === 'recording');
    const outMs = (call.clock.nowUs() - fromUs) / 1000;
    expect(outMs).toBeGreaterThanOrEqual(leastMs! * 0.8);
    expect(outMs).toBeLessThanOrEqual(mostMs!);
    const again = call.guild.owner.speak(speech(50, 2));
    await call.play(1_500_000);
    await again;
    await call.stop();
    const outcome = await compare(call);
    expect(outcome.lost).toEqual(outcome.unheard);
    expect(outcome.lost).toHaveLength(49);
    expectOneHole(outcome, call, 'reconnect', fromUs);
    const returned = code === 4014 ? ['returned'] : [];
    expect(call.find('warning').map((each) => each.code)).toEqual(['connection-lost', ...told, ...returned]);
  },
);

/** The same faults in a voice channel, where the DAVE group must be kept, or joined anew. */
import { afterEach, expect, test } from 'vitest';
import type { ServerChange } from '../../../src/simulator/state/voice-states.ts';
import { until } from '../voice/call.ts';
import { compare, expectOneHole } from './compare.ts';
import { closeCall, talking, type GuildCall } from './guild-call.ts';

afterEach(closeCall);

/** How long the group takes, with two members in this process, to let the bot in. */
const EPOCH_US = 200_000;

const close =
  (code: number) =>
  ({ discord, bot }: GuildCall): void =>
    discord.voice.disconnect(bot.userId, code);
const changeServer =
  (change: ServerChange) =>
  ({ guild, bot }: GuildCall): void =>
    guild.changeVoiceServer(bot.userId, change);

test.each<[string, (call: GuildCall) => void]>([
  ['the WebSocket breaks (1006)', close(1006)],
  ['the server crashed (4015)', close(4015)],
  ['a new voice server, state first', changeServer({ state: 'first', newSession: true })],
  ['a new voice server, server first', changeServer({ state: 'last', newSession: true })],
])('%s: nothing is lost', async (_, fault) => {
  const { call, said } = await talking(250, { kind: 'voice' });
  fault(call);
  await call.play(4_500_000);
  await said;
  await call.stop();
  expect(await compare(call)).toEqual({ lost: [], unheard: [], gaps: [], reason: 'stop' });
});

test.each<[string, (call: GuildCall) => void]>([
  ['session no longer valid (4006)', close(4006)],
  ['DAVE protocol required (4017)', close(4017)],
  ['the gateway session is invalid', ({ bot }) => bot.invalidateSession()],
])(
  '%s: lost is what was said until the new connection, and in the epoch without the bot',
  async (_, fault) => {
    const { call, said } = await talking(250, { kind: 'voice' });
    const fromUs = call.clock.nowUs();
    fault(call);
    await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
    await call.play(3_000_000, () => call.status()?.state === 'recording');
    const backUs = call.clock.nowUs();
    await call.play(fromUs + 4_500_000 - backUs);
    await said;
    await call.stop();
    const outcome = await compare(call);
    expectOneHole({ ...outcome, lost: outcome.unheard }, call, 'reconnect', fromUs);
    // Until its next epoch a sender encrypts for the group that the bot is not in yet.
    const sealed = outcome.lost.filter(
      ({ sequence }) => !outcome.unheard.some((each) => each.sequence === sequence),
    );
    expect(outcome.lost).toHaveLength(outcome.unheard.length + sealed.length);
    for (const { dueUs } of sealed) expect(Math.abs(dueUs - backUs)).toBeLessThanOrEqual(EPOCH_US);
  },
);

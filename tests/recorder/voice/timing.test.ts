import { VoiceConnectionStatus } from '@discordjs/voice';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../recorder/voice/backoff.ts';
import { createFailureWatch } from '../../../recorder/voice/failure-watch.ts';
import { createGatewayLine } from '../../../recorder/voice/gateway-line.ts';
import { createRateLimit } from '../../../recorder/voice/rate-limit.ts';
import { rejoinDelayMs } from '../../../recorder/voice/reconnect.ts';
import { createSsrcTable } from '../../../recorder/voice/ssrc-table.ts';

test.each([
  [0, 0.5, 1_000],
  [1, 0.5, 2_000],
  [4, 0.5, 16_000],
  [5, 0.5, 30_000],
  [1_000, 0.5, 30_000],
  [0, 0, 800],
  [0, 1, 1_200],
])('attempt %i at chance %d waits %i ms', (attempt, random, expected) => {
  expect(backoffMs({ firstMs: 1_000, limitMs: 30_000 }, attempt, random)).toBe(expected);
});

test.each<[VoiceConnectionStatus, number | undefined, number, number | undefined]>([
  [VoiceConnectionStatus.Ready, undefined, 0, undefined],
  [VoiceConnectionStatus.Destroyed, undefined, 0, undefined],
  [VoiceConnectionStatus.Disconnected, undefined, 0, 0],
  [VoiceConnectionStatus.Disconnected, 4006, 1, 2_000],
  [VoiceConnectionStatus.Disconnected, undefined, 3, 8_000],
  [VoiceConnectionStatus.Disconnected, 4014, 0, 5_000],
  [VoiceConnectionStatus.Disconnected, 4021, 0, 30_000],
  [VoiceConnectionStatus.Disconnected, 4022, 2, 120_000],
  [VoiceConnectionStatus.Signalling, undefined, 0, 15_000],
  [VoiceConnectionStatus.Connecting, undefined, 9, 60_000],
])('%s (close %s), attempt %i: op 4 after %s ms', (status, closeCode, attempt, expected) => {
  const condition = closeCode === undefined ? { status } : { status, closeCode };
  expect(rejoinDelayMs(condition, attempt, 0.5)).toBe(expected);
});

test('a window slides: the limit holds in any of them', () => {
  const limit = createRateLimit({ limit: 2, windowMs: 100 });
  const taken = [0, 50, 99, 100, 101, 149, 150].map((nowMs) => limit.take(nowMs));
  expect(taken).toEqual([true, true, false, true, false, false, true]);
});

function openLine() {
  const sent: unknown[] = [];
  const clock = { nowMs: 0 };
  const line = createGatewayLine({
    send: (guildId, payload) =>
      sent.push([guildId, (payload as { d: { channel_id: unknown } }).d.channel_id]),
    nowMs: () => clock.nowMs,
  });
  return { line, sent, clock };
}

test('op 4 needs a shard', () => {
  const { line, sent } = openLine();
  expect(line.join('g', 'c')).toBe(false);
  line.setReady('g', true);
  expect(line.join('g', 'c')).toBe(true);
  line.lost();
  expect(line.join('g', 'c')).toBe(false);
  expect(sent).toEqual([['g', 'c']]);
});

test('a voice server that refuses us cannot make the library send without end', () => {
  const { line, clock } = openLine();
  line.setReady('g', true);
  line.setReady('h', true);
  const answers: boolean[] = [];
  for (clock.nowMs = 0; clock.nowMs < 2_500; clock.nowMs += 22) answers.push(line.join('g', 'c'));
  expect(answers.filter(Boolean)).toHaveLength(4);
  expect(line.join('h', 'c')).toBe(true);
  clock.nowMs = 20_000;
  expect(line.join('g', 'c')).toBe(true);
});

test('all guilds together stay below what a gateway connection may send', () => {
  const { line, sent } = openLine();
  for (let guild = 0; guild < 100; guild += 1) {
    line.setReady(String(guild), true);
    line.join(String(guild), 'c');
  }
  expect(sent).toHaveLength(60);
});

test('leaving waits for a shard, and a new join takes it back', () => {
  const { line, sent } = openLine();
  line.leave('g');
  line.leave('h');
  line.setReady('g', true);
  line.join('h', 'c');
  line.setReady('h', true);
  line.setReady('g', false);
  line.setReady('g', true);
  expect(sent).toEqual([['g', null]]);
});

test('recovery needs 37 failures in a row of one sender, and does not come again at once', () => {
  const watch = createFailureWatch();
  const fail = (userId: string, times: number, nowMs: number): number =>
    Array.from({ length: times }, () => watch.failed(userId, nowMs)).filter(Boolean).length;
  expect(fail('a', 36, 0)).toBe(0);
  watch.succeeded('b');
  expect(fail('a', 1, 0)).toBe(1);
  expect(fail('a', 100, 9_999)).toBe(0);
  expect(fail('a', 1, 10_000)).toBe(1);
  // The second pause is twice as long: one broken sender costs the others less and less.
  expect(fail('a', 100, 29_999)).toBe(0);
  expect(fail('a', 1, 30_000)).toBe(1);
  watch.succeeded('a');
  expect(fail('a', 36, 100_000)).toBe(0);
});

test('packets on their way when their sender leaves still have a name', () => {
  const table = createSsrcTable();
  table.map(1, 'a');
  table.map(2, 'b');
  table.left('a', 1_000_000);
  expect([table.userOf(1, 3_000_000), table.userOf(1, 3_000_001), table.userOf(2, 9e9)]).toEqual([
    'a',
    undefined,
    'b',
  ]);
  table.map(1, 'c');
  expect(table.userOf(1, 9e9)).toBe('c');
});

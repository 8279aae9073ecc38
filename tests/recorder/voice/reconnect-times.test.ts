/** When lost connections are asked for anew, each by itself and many together: by a clock that only counts. */
import { VoiceConnectionStatus } from '@discordjs/voice';
import { expect, test } from 'vitest';
import { createGatewayLine } from '../../../recorder/voice/gateway-line.ts';
import { createReconnect, type ConnectionCondition } from '../../../recorder/voice/reconnect.ts';

const LIMIT_MS = 600_000;
const TICK_MS = 20;
const middle = () => 0.5;
const { Ready, Connecting, Disconnected } = VoiceConnectionStatus;

function startAt(nowMs = 0) {
  const clock = { nowMs };
  const reconnect = createReconnect(LIMIT_MS, () => clock.nowMs, middle);
  reconnect.changed({ status: Ready });
  reconnect.receiving(true);
  return { clock, reconnect };
}

/** Asks as soon as it is due, refused each time in the same way, until it is given up. @returns the times, in seconds */
function askUntilGivenUp(condition: ConnectionCondition) {
  const { clock, reconnect } = startAt();
  clock.nowMs = 60_000;
  const lostMs = clock.nowMs;
  const askedS: number[] = [];
  reconnect.changed(condition);
  reconnect.receiving(false);
  for (; clock.nowMs - lostMs < 2 * LIMIT_MS; clock.nowMs += TICK_MS) {
    const due = reconnect.due();
    const atS = (clock.nowMs - lostMs) / 1000;
    if (due === 'give-up') return { askedS, gaveUpS: atS };
    if (due !== 'ask') continue;
    askedS.push(atS);
    expect(reconnect.asked()).toBe(askedS.length);
    reconnect.changed({ status: Connecting });
    reconnect.changed(condition);
  }
  return { askedS, gaveUpS: undefined };
}

test.each<[number | undefined, number[], number]>([
  [4006, [0, 2, 6, 14, 30, 60, 90], 600],
  [undefined, [0, 2, 6, 14, 30, 60, 90], 600],
  [4014, [5, 15, 35, 65, 95, 125, 155], 605],
  [4021, [30, 90, 210, 330, 450, 570], 690],
  [4022, [30, 90, 210, 330, 450, 570], 690],
])('close %s: asked after %j s and so on, given up after %i s', (closeCode, firstS, gaveUpS) => {
  const asked = askUntilGivenUp({ status: Disconnected, closeCode });
  expect(asked.askedS.slice(0, firstS.length)).toEqual(firstS);
  expect(asked.gaveUpS).toBe(gaveUpS);
});

test('a connection that falls again at once goes on with the longer pauses; one that stood begins anew', () => {
  const { clock, reconnect } = startAt();
  const fallsAndComesBack = (atMs: number): number => {
    clock.nowMs = atMs;
    reconnect.changed({ status: Disconnected, closeCode: 4006 });
    while (reconnect.due() !== 'ask') clock.nowMs += TICK_MS;
    reconnect.asked();
    reconnect.changed({ status: Ready });
    return clock.nowMs - atMs;
  };
  expect([40_000, 50_000, 60_000].map(fallsAndComesBack)).toEqual([0, 2_000, 4_000]);
  expect(fallsAndComesBack(100_000)).toBe(0);
});

test('while an op 4 is not answered, no other goes out for five seconds', () => {
  const { clock, reconnect } = startAt();
  reconnect.changed({ status: Disconnected, closeCode: 4006 });
  reconnect.receiving(false);
  const askedS: number[] = [];
  for (; clock.nowMs < 30_000; clock.nowMs += TICK_MS)
    if (reconnect.due() === 'ask') {
      askedS.push(clock.nowMs / 1000);
      reconnect.asked();
    }
  expect(askedS).toEqual([0, 5, 10, 18]);
});

interface Fallen {
  guildId: string;
  reconnect: ReturnType<typeof createReconnect>;
}

/** Fifty recordings of one shard fall together. `answered`: what the voice server says to who asks. */
function fallTogether(answered: (fallen: Fallen) => void, forMs: number) {
  const clock = { nowMs: 0 };
  const sentMs: number[] = [];
  const line = createGatewayLine({ send: () => sentMs.push(clock.nowMs), nowMs: () => clock.nowMs });
  const all = Array.from({ length: 50 }, (_, index): Fallen => {
    const guildId = String(index);
    line.setReady(guildId, true);
    const reconnect = createReconnect(LIMIT_MS, () => clock.nowMs);
    reconnect.changed({ status: Disconnected, closeCode: 4006 });
    return { guildId, reconnect };
  });
  const gaveUp: string[] = [];
  const askedMs = new Map<string, number>();
  for (; clock.nowMs < forMs; clock.nowMs += TICK_MS)
    for (const fallen of all) {
      const due = fallen.reconnect.due();
      if (due === 'give-up') gaveUp.push(fallen.guildId);
      if (due !== 'ask' || !line.rejoin(fallen.guildId, 'c')) continue;
      if (!askedMs.has(fallen.guildId)) askedMs.set(fallen.guildId, clock.nowMs);
      fallen.reconnect.asked();
      answered(fallen);
    }
  const busiest = Math.max(
    ...sentMs.map((fromMs) => sentMs.filter((ms) => ms >= fromMs && ms < fromMs + 60_000).length),
  );
  const closest = Math.min(...sentMs.slice(1).map((ms, index) => ms - sentMs[index]!));
  return { sentMs, busiest, closest, askedMs: [...askedMs.values()], gaveUp };
}

test('fifty recordings that fall together come back one after the other, all within ten seconds', () => {
  const { sentMs, closest, askedMs } = fallTogether(({ reconnect }) => {
    reconnect.changed({ status: Ready });
    reconnect.receiving(true);
  }, 120_000);
  expect(sentMs).toHaveLength(50);
  expect(closest).toBeGreaterThanOrEqual(200);
  expect(Math.max(...askedMs)).toBeLessThanOrEqual(10_000);
});

test('refused again and again, fifty stay far below what the gateway allows, each has its turn, and all are given up', () => {
  const { busiest, closest, askedMs, gaveUp } = fallTogether(({ reconnect }) => {
    reconnect.changed({ status: Disconnected, closeCode: 4006 });
  }, LIMIT_MS + 120_000);
  // Docs, Gateway, "Rate Limiting": 120 sends in 60 s, and the connection is closed.
  expect(busiest).toBeLessThanOrEqual(50);
  expect(closest).toBeGreaterThanOrEqual(200);
  expect(askedMs).toHaveLength(50);
  expect(gaveUp).toHaveLength(50);
});

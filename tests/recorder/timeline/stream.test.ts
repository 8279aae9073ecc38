import { describe, expect, test } from 'vitest';
import { type Placement, Stream, type StreamPacket } from '../../../recorder/timeline/stream.ts';
import { numberedOpus, numberOf } from '../support/network.ts';

const FRAME_US = 20_000;

interface Sent {
  /** Number of the packet; its sequence number is 65,530 more. */
  n: number;
  /** RTP time since the first packet, microseconds; n frames unless said otherwise. */
  rtpUs?: number;
  /** When it arrives; at its RTP time unless said otherwise. */
  atUs?: number;
  empty?: boolean;
}

const packet = ({ n, rtpUs = n * FRAME_US, atUs = rtpUs, empty = false }: Sent): StreamPacket => ({
  sequence: (65_530 + n) & 0xffff,
  timestamp: (2 ** 32 - 4800 + Math.round(rtpUs * 0.048)) % 2 ** 32,
  arrivalUs: atUs,
  opus: empty ? null : numberedOpus(n),
  samples: empty ? null : 960,
  reason: 'undecryptable',
});

interface Out {
  n: number | null;
  startUs: number;
  lost: number;
  lostUs: number;
  joined: boolean;
  /** When it came out. */
  outUs: number;
}

/** Hands packets in at their arrival with a tick every 10 ms, and drains at the end. */
function run(sent: readonly Sent[]): { out: Out[]; stream: Stream } {
  const stream = new Stream();
  const out: Out[] = [];
  const take = (placements: Placement[], outUs: number) => {
    for (const { line, rtpUs, opus, lostPackets, lostUs, joined } of placements) {
      const n = opus === null ? null : numberOf(opus);
      out.push({
        n,
        startUs: Math.round(line.at(rtpUs)),
        lost: lostPackets,
        lostUs: Math.round(lostUs),
        joined,
        outUs,
      });
    }
  };
  let tickUs = 0;
  const inOrder = sent.map(packet).sort((a, b) => a.arrivalUs - b.arrivalUs);
  for (const each of inOrder) {
    for (; tickUs <= each.arrivalUs; tickUs += 10_000) take(stream.release(tickUs), tickUs);
    take(stream.receive(each, each.arrivalUs), each.arrivalUs);
  }
  const end = inOrder.at(-1)!.arrivalUs + 400_000;
  for (; tickUs <= end; tickUs += 10_000) take(stream.release(tickUs), tickUs);
  take(stream.drain(), end);
  return { out, stream };
}

const frames = (count: number, from = 0): Sent[] =>
  Array.from({ length: count }, (_, index) => ({ n: from + index }));
const numbers = (out: readonly Out[]) => out.map(({ n }) => n);
const places = (out: readonly Out[]) =>
  Object.fromEntries(out.map(({ n, startUs }) => [n ?? 'hole', startUs]));

test('packets in order pass at once, over both wraps, after the first 180 ms that anchor them', () => {
  const { out } = run(frames(100));
  expect(numbers(out)).toEqual(frames(100).map(({ n }) => n));
  for (const { n, startUs, outUs } of out) {
    expect(startUs).toBe(n! * FRAME_US);
    expect(outUs).toBe(Math.max(n! * FRAME_US, 180_000));
  }
  expect(out.filter(({ joined }) => !joined)).toHaveLength(1);
});

describe('order', () => {
  const late = (n: number, byUs: number): Sent[] =>
    frames(40).map((each) => (each.n === n ? { n, atUs: n * FRAME_US + byUs } : each));

  test.each([30_000, 100_000, 190_000, 199_000])('a packet %i us late stands in its place', (byUs) => {
    const { out } = run(late(20, byUs));
    expect(numbers(out)).toEqual(frames(40).map(({ n }) => n));
    expect(places(out)['20']).toBe(400_000);
    expect(out.every(({ lost }) => lost === 0)).toBe(true);
  });

  test('a packet 300 ms late is a hole, and does not come after its time', () => {
    const { out, stream } = run(late(20, 300_000));
    expect(numbers(out)).toEqual([...frames(20), ...frames(19, 21)].map(({ n }) => n));
    expect(out.find(({ n }) => n === 21)).toMatchObject({
      lost: 1,
      lostUs: 20_000,
      startUs: 420_000,
      joined: false,
    });
    expect(stream.stale).toBe(1);
  });

  test('packets behind a hole wait no longer than 180 ms', () => {
    const { out } = run(frames(40).filter(({ n }) => n !== 20));
    expect(out.find(({ n }) => n === 21)!.outUs).toBe(21 * FRAME_US + 180_000);
    expect(Math.max(...out.filter(({ n }) => n! > 30).map(({ n, outUs }) => outUs - n! * FRAME_US))).toBe(0);
  });

  test('the very first packets are put in order as well', () => {
    const { out } = run([{ n: 0, atUs: 45_000 }, { n: 1, atUs: 20_000 }, ...frames(20, 2)]);
    expect(numbers(out).slice(0, 3)).toEqual([0, 1, 2]);
    expect(places(out)['0']).toBe(0);
  });

  test('duplicates are dropped, near and far', () => {
    const { out, stream } = run([
      ...frames(40),
      { n: 3, atUs: 70_000 },
      { n: 20, atUs: 401_000 },
      { n: 20, atUs: 700_000 },
    ]);
    expect(numbers(out)).toEqual(frames(40).map(({ n }) => n));
    expect(stream.stale).toBe(3);
  });
});

describe('holes', () => {
  test.each([1, 2, 7, 50])('%i lost packets leave a hole of their length', (lost) => {
    const { out } = run([...frames(20), ...frames(20, 20 + lost)]);
    const after = out.find(({ n }) => n === 20 + lost)!;
    expect(after).toMatchObject({
      lost,
      lostUs: lost * FRAME_US,
      startUs: (20 + lost) * FRAME_US,
      joined: false,
    });
  });

  test('a packet that cannot be kept holds its place', () => {
    const { out } = run(frames(20).map((each) => ({ ...each, empty: each.n === 10 })));
    expect(out[10]).toMatchObject({ n: null, startUs: 200_000, lost: 0 });
    expect(out[11]).toMatchObject({ n: 11, startUs: 220_000, lost: 0 });
  });

  test('a loss beside a pause takes its own length, not that of the pause', () => {
    const { out } = run([
      ...frames(20),
      ...frames(20, 22).map(({ n }) => ({ n, rtpUs: n * FRAME_US + 5e6 })),
    ]);
    expect(out.find(({ n }) => n === 22)).toMatchObject({
      lost: 2,
      lostUs: 40_000,
      startUs: 22 * FRAME_US + 5e6,
    });
  });
});

describe('pauses', () => {
  const pauseUs = 30e6;

  test('timestamps that run on: the spurt after a pause passes at once, in its place', () => {
    const { out } = run([
      ...frames(20),
      ...frames(20, 20).map(({ n }) => ({ n, rtpUs: n * FRAME_US + pauseUs })),
    ]);
    const after = out.find(({ n }) => n === 20)!;
    expect(after).toMatchObject({
      startUs: 400_000 + pauseUs,
      outUs: 400_000 + pauseUs,
      lost: 0,
      joined: false,
    });
  });

  test('timestamps that advance only per packet: placed by arrival, by the least delayed of the first packets', () => {
    const spurt = frames(20, 20).map(({ n }) => ({
      n,
      atUs: n * FRAME_US + pauseUs + (n % 4 === 3 ? 0 : 9000),
    }));
    const { out } = run([...frames(20), ...spurt]);
    expect(out.find(({ n }) => n === 20)).toMatchObject({
      startUs: 400_000 + pauseUs,
      lost: 0,
      joined: false,
    });
    expect(out.find(({ n }) => n === 39)).toMatchObject({ startUs: 39 * FRAME_US + pauseUs, joined: true });
  });

  test.each([1_000_000, 773_000, 400_000])(
    'a spurt shorter than the first wait, and no tick before the next one %i us later: each lies where it came',
    (pauseUs) => {
      const stream = new Stream();
      const spurt = (first: number, fromUs: number) =>
        Array.from({ length: 5 }, (_, index) =>
          packet({ n: first + index, atUs: fromUs + index * FRAME_US }),
        );
      const placed = [...spurt(0, 0), ...spurt(5, pauseUs)].flatMap((each) =>
        stream.receive(each, each.arrivalUs),
      );
      placed.push(...stream.drain());
      expect(placed.map(({ line, rtpUs }) => Math.round(line.at(rtpUs)))).toEqual([
        ...[0, 20_000, 40_000, 60_000, 80_000],
        ...[0, 20_000, 40_000, 60_000, 80_000].map((us) => pauseUs + us),
      ]);
    },
  );

  test('a sender whose timestamps stand still in pauses keeps the drift of its clock from spurt to spurt', () => {
    const stream = new Stream();
    const slow = 1 + 100e-6;
    const pauseUs = 4_000_000;
    const placed: Placement[] = [];
    for (let n = 0; n < 3_000 + 100; n += 1) {
      const atUs = Math.round(n * FRAME_US * slow) + (n < 3_000 ? 0 : pauseUs);
      placed.push(...stream.receive(packet({ n, atUs }), atUs));
    }
    placed.push(...stream.drain());
    const first = placed.find(({ opus }) => numberOf(opus!) === 3_000)!;
    const last = placed.at(-1)!;
    expect(first.line).not.toBe(placed[0]!.line);
    expect(Math.abs(first.line.drift - 100e-6)).toBeLessThan(10e-6);
    expect(Math.abs(last.line.at(last.rtpUs) - (3_099 * FRAME_US * slow + pauseUs))).toBeLessThan(100);
  });

  test('a network that stops for half a second and then delivers all at once is no pause', () => {
    const stalled = frames(60).map(({ n }) => ({ n, atUs: n >= 20 && n < 45 ? 900_000 + n : n * FRAME_US }));
    const { out } = run(stalled);
    expect(out.map(({ startUs }) => startUs)).toEqual(frames(60).map(({ n }) => n * FRAME_US));
    expect(out.filter(({ joined }) => !joined)).toHaveLength(1);
  });

  test('one late packet at the end of a spurt is no pause', () => {
    const { out } = run([...frames(19), { n: 19, atUs: 380_000 + 160_000 }]);
    expect(places(out)['19']).toBe(380_000);
  });
});

describe('a sender that begins anew with the same SSRC', () => {
  test('loses no packet, and is placed by arrival', () => {
    const anew = Array.from({ length: 20 }, (_, index) => ({
      n: 20_000 + index,
      rtpUs: 9e9 + index * FRAME_US,
      atUs: 2e6 + index * FRAME_US,
    }));
    const { out } = run([...frames(20), ...anew]);
    expect(out).toHaveLength(40);
    expect(places(out)['20000']).toBe(2e6);
    expect(out[20]).toMatchObject({ n: 20_000, lost: 0, joined: false });
  });

  test('a single packet out of nowhere does not throw it off', () => {
    const { out } = run([...frames(40), { n: 30_000, rtpUs: 5e9, atUs: 405_000 }]);
    expect(numbers(out)).toEqual(frames(40).map(({ n }) => n));
  });
});

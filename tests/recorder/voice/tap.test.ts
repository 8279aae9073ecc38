import { describe, expect, test } from 'vitest';
import { isProtocolFrame } from '../../../recorder/voice/dave-frame.ts';
import type { DaveKeys, DaveOutcome } from '../../../recorder/voice/dave.ts';
import { HELD_LIMIT, HELD_LIMIT_BYTES, HELD_US } from '../../../recorder/voice/held-packets.ts';
import { createTap, noCounts } from '../../../recorder/voice/tap.ts';
import type { TapCount, TappedPacket, TapSource } from '../../../recorder/voice/tap.ts';
import { createTransportCipher } from '../../../recorder/voice/transport-cipher.ts';
import { flipped, KEY, makePacket, OPUS } from './packets.ts';
import type { Mode, PacketOptions } from './packets.ts';

const USER = '100';

/** A tap whose surroundings the test changes under way. */
function openTap(overrides: Partial<TapSource> = {}, mode: Mode = 'aead_aes256_gcm_rtpsize') {
  const packets: TappedPacket[] = [];
  const cipher = createTransportCipher(mode, KEY);
  const world = { nowUs: 1_000, users: new Map([[4242, USER]]) };
  const opened: boolean[] = [];
  const unmapped: number[] = [];
  const overflown: number[] = [];
  const source: TapSource = {
    nowUs: () => world.nowUs,
    cipher: () => cipher,
    userOf: (ssrc) => world.users.get(ssrc),
    refuses: () => false,
    mayKeep: () => true,
    dave: () => undefined,
    formerDave: () => undefined,
    daveOpened: (_userId, success) => void opened.push(success),
    unopened: () => undefined,
    unmapped: (ssrc, arrivalUs) => void unmapped.push(ssrc, arrivalUs),
    overflow: (ssrc) => void overflown.push(ssrc),
    ...overrides,
  };
  const tap = createTap(source, (packet) => packets.push(packet));
  return { tap, packets, world, opened, unmapped, overflown };
}

const oneByte = { profile: 0xbede, body: Buffer.from([0x10, 0xff, 0, 0]) };
const twoByte = { profile: 0x1000, body: Buffer.from([1, 2, 0xaa, 0xbb, 2, 1, 0xcc, 0]) };

const kept: Record<string, PacketOptions> = {
  'plain (80)': {},
  'with an extension (90)': { extension: oneByte },
  'with a two-byte extension': { extension: twoByte },
  'with an empty extension': { extension: { profile: 0xbede, body: Buffer.alloc(0) } },
  'padded (A0)': { padding: 7 },
  'padded by one byte': { padding: 1 },
  'padded and extended (B0)': { padding: 12, extension: oneByte },
  'with contributing sources': { sources: [1, 2] },
  'with everything': { sources: [7], padding: 3, extension: twoByte, marker: true },
  'one byte of Opus': { opus: Buffer.from([0xf8]) },
  'at the ends of its numbers': { sequence: 65_535, timestamp: 0xffff_ffff, nonce: 0xffff_ffff },
};

for (const mode of ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'] as const) {
  describe(mode, () => {
    test.each(Object.entries(kept))('keeps a packet %s', (_name, options) => {
      const { tap, packets } = openTap({}, mode);
      tap.receive(makePacket({ mode, ...options }));
      const { sequence = 1, timestamp = 960, marker = false, opus = OPUS } = options;
      const expected = { userId: USER, ssrc: 4242, sequence, timestamp, marker, arrivalUs: 1_000 };
      expect(packets).toEqual([{ ...expected, opus }]);
    });

    test.each([0, 3, 12, 20, -1, -5])('drops a packet with byte %i changed', (at) => {
      const { tap, packets } = openTap({}, mode);
      tap.receive(flipped(makePacket({ mode, extension: oneByte }), at));
      // Byte 0 becomes another header length, byte 3 another sequence number: both are authenticated.
      expect(packets).toEqual([]);
      expect(tap.counts.forged).toBe(1);
      tap.receive(makePacket({ mode }));
      expect(packets).toHaveLength(1);
    });
  });
}

const dropped: [string, Buffer, TapCount][] = [
  ['a keepalive echo', Buffer.alloc(8), 'short'],
  ['nothing', Buffer.alloc(0), 'short'],
  ['a discovery reply', Buffer.concat([Buffer.from([0, 2, 0, 70]), Buffer.alloc(70)]), 'version'],
  ['RTP of version 1', makePacket({ version: 1 }), 'version'],
  ['another payload type', makePacket({ payloadType: 0x60 }), 'payload-type'],
  ['RTCP', Buffer.concat([Buffer.from([0x80, 0xc8]), Buffer.alloc(40)]), 'payload-type'],
  ['a header longer than its packet', Buffer.concat([Buffer.from([0x9f, 0x78]), Buffer.alloc(40)]), 'short'],
  ['a packet without audio', makePacket({ opus: Buffer.alloc(0) }), 'empty'],
  ['a packet of padding only', makePacket({ opus: Buffer.alloc(0), padding: 9 }), 'empty'],
  ['more padding than payload', makePacket({ opus: Buffer.from([1, 2, 200]), flags: 0x20 }), 'malformed'],
  [
    'an extension longer than the payload',
    makePacket({ extension: oneByte, extensionWords: 50 }),
    'malformed',
  ],
  ['another key', makePacket({ key: Uint8Array.from(KEY, (byte) => byte ^ 1) }), 'forged'],
];

test.each(dropped)('counts and drops %s', (_name, datagram, count) => {
  const { tap, packets } = openTap();
  tap.receive(datagram);
  expect(packets).toEqual([]);
  expect(tap.counts).toEqual({ ...noCounts(), received: 1, [count]: 1 });
});

test('keeps packets of an unknown sender, in order, until their name comes', () => {
  const { tap, packets, world } = openTap();
  world.users.clear();
  for (let sequence = 1; sequence <= 3; sequence += 1) {
    world.nowUs = sequence * 20_000;
    tap.receive(makePacket({ sequence }));
  }
  tap.retry();
  expect(packets).toEqual([]);
  world.users.set(4242, USER);
  // Comes before the next retry: it must not overtake.
  tap.receive(makePacket({ sequence: 4 }));
  tap.retry();
  tap.receive(makePacket({ sequence: 5 }));
  expect(packets.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  expect(packets.map(({ arrivalUs }) => arrivalUs)).toEqual([20_000, 40_000, 60_000, 60_000, 60_000]);
  expect(tap.counts).toMatchObject({ held: 4, kept: 5, unmapped: 0 });
});

test('gives an unknown sender up after 5 s', () => {
  const { tap, packets, world } = openTap();
  world.users.clear();
  tap.receive(makePacket({ sequence: 1 }));
  world.nowUs += 1;
  tap.receive(makePacket({ sequence: 2 }));
  world.nowUs += HELD_US;
  tap.expire();
  world.users.set(4242, USER);
  tap.retry();
  expect(packets.map(({ sequence }) => sequence)).toEqual([2]);
  expect(tap.counts).toMatchObject({ unmapped: 1, kept: 1 });
});

/** Opens in no time whatever comes. */
const anyKey = { open: () => OPUS };

test('who is never named takes no room from others: after a quarter of an hour a new speaker still waits for op 5', () => {
  const { tap, packets, world, overflown } = openTap({ cipher: () => anyKey });
  const datagram = makePacket({ ssrc: 1 });
  for (let count = 0; count < 45_000; count += 1) {
    world.nowUs += 20_000;
    datagram.writeUInt16BE(count & 0xffff, 2);
    tap.receive(Buffer.from(datagram));
    tap.expire();
  }
  for (let sequence = 1; sequence <= 50; sequence += 1) tap.receive(makePacket({ ssrc: 9, sequence }));
  world.users.set(9, USER);
  tap.retry();
  expect(packets).toHaveLength(50);
  expect(overflown).toEqual([]);
  expect(tap.counts).toMatchObject({ overflow: 0, unmapped: 45_000 - HELD_US / 20_000 - 1 });
});

test.each([
  ['packets', HELD_LIMIT, 160],
  ['bytes', Math.floor(HELD_LIMIT_BYTES / 60_000), 60_000],
])('no more wait than there is room for, in %s; each beyond is told', (_what, room, bytes) => {
  const { tap, world, overflown } = openTap({ cipher: () => anyKey });
  world.users.clear();
  const datagram = Buffer.concat([makePacket(), Buffer.alloc(bytes)]).subarray(0, bytes);
  for (let count = 0; count < room; count += 1) {
    // Many senders: a queue of one is worked through whenever a packet joins it.
    datagram.writeUInt32BE(count, 8);
    tap.receive(datagram);
  }
  expect(tap.counts).toMatchObject({ held: room, overflow: 0 });
  for (let more = 0; more < 3; more += 1) {
    datagram.writeUInt32BE(room + more, 8);
    tap.receive(datagram);
  }
  expect(overflown).toEqual([room, room + 1, room + 2]);
  expect(tap.counts).toMatchObject({ held: room, overflow: 3 });
  world.nowUs += HELD_US + 1;
  tap.expire();
  tap.receive(datagram);
  expect(tap.counts).toMatchObject({ held: room + 1, overflow: 3 });
});

/** Counts what is opened. */
function countingKey() {
  const key = createTransportCipher('aead_aes256_gcm_rtpsize', KEY)!;
  const counting = {
    opened: 0,
    open(datagram: Buffer, clearBytes: number) {
      counting.opened += 1;
      return key.open(datagram, clearBytes);
    },
  };
  return counting;
}

test('of who refuses nothing is opened, and of a sender not yet known neither, while anybody does', () => {
  const key = countingKey();
  const refusing = new Set<string | undefined>([USER, undefined]);
  const { tap, packets, world } = openTap({
    cipher: () => key,
    refuses: (userId) => refusing.has(userId),
  });
  tap.receive(makePacket({ sequence: 1 }));
  tap.receive(makePacket({ sequence: 1, ssrc: 7 }));
  tap.receive(makePacket({ sequence: 1, ssrc: 8 }));
  tap.retry();
  tap.expire();
  expect(key.opened).toBe(0);
  expect(tap.counts).toMatchObject({ refused: 1, held: 2 });
  // One of them turns out to be who refuses, the other to be somebody else.
  world.users.set(7, USER);
  world.users.set(8, '200');
  tap.retry();
  expect(key.opened).toBe(1);
  expect(packets.map(({ userId }) => userId)).toEqual(['200']);
  expect(tap.counts).toMatchObject({ refused: 2, kept: 1 });
  // Nobody refuses any more.
  refusing.clear();
  tap.receive(makePacket({ sequence: 2 }));
  tap.receive(makePacket({ sequence: 1, ssrc: 9 }));
  expect(key.opened).toBe(3);
  // What waits at the end, and is of somebody who refuses by then, is not opened either.
  const late = countingKey();
  const other = openTap({ cipher: () => late, refuses: () => true });
  other.world.users.clear();
  other.tap.receive(makePacket());
  other.world.users.set(4242, USER);
  other.tap.close();
  expect(late.opened).toBe(0);
  expect(other.tap.counts).toMatchObject({ refused: 1 });
});

test('a forged packet of an unknown sender takes no room', () => {
  const { tap, world } = openTap();
  world.users.clear();
  tap.receive(flipped(makePacket(), -1));
  expect(tap.counts).toMatchObject({ forged: 1, held: 0 });
});

test('keeps packets that come before the transport key', () => {
  const cipher = createTransportCipher('aead_aes256_gcm_rtpsize', KEY);
  let known = false;
  const { tap, packets } = openTap({ cipher: () => (known ? cipher : null) });
  tap.receive(makePacket({ sequence: 1 }));
  tap.receive(flipped(makePacket({ sequence: 2 }), -1));
  known = true;
  tap.retry();
  expect(packets.map(({ sequence }) => sequence)).toEqual([1]);
  expect(tap.counts).toMatchObject({ forged: 1, kept: 1 });
});

/** Keys that open sealed frames as a test wants. */
function fakeKeys(open: (frame: Buffer) => DaveOutcome, ready = true): DaveKeys {
  return {
    seals: isProtocolFrame,
    open: (frame) => (isProtocolFrame(frame) ? open(frame) : frame),
    ready: () => ready,
    recover: () => undefined,
  };
}
const notJoined = fakeKeys(() => 'wait', false);
const noKey = fakeKeys(() => 'failed');
/** A protocol frame with a nonce below 128. */
const sealedWith = (nonce: number): Buffer =>
  Buffer.concat([OPUS, Buffer.alloc(8, 5), Buffer.from([nonce, 12, 0xfa, 0xfa])]);
const silence = Buffer.from([0xf8, 0xff, 0xfe]);
const sealedFrame = sealedWith(50);
const opened = Buffer.from('opened');

test('never keeps ciphertext as Opus: frames wait for the group, plain ones pass', () => {
  let dave = notJoined;
  const { tap, packets } = openTap({ dave: () => dave });
  tap.receive(makePacket({ sequence: 1 }));
  expect(packets.map(({ opus }) => opus)).toEqual([OPUS]);
  tap.receive(makePacket({ sequence: 2, opus: sealedFrame }));
  expect(packets).toHaveLength(1);
  dave = fakeKeys(() => opened);
  tap.retry();
  expect(packets[1]).toMatchObject({ sequence: 2, opus: opened });
});

test.each([
  ['a group that is not joined', notJoined],
  ['a key that does not come', noKey],
])('%s in 5 s leaves a gap with its reason', (_name, dave) => {
  const { tap, packets, world } = openTap({ dave: () => dave });
  tap.receive(makePacket({ opus: sealedFrame }));
  world.nowUs += HELD_US;
  tap.expire();
  expect(packets).toEqual([]);
  world.nowUs += 1;
  tap.expire();
  expect(packets).toMatchObject([{ userId: USER, opus: null, reason: 'undecryptable', arrivalUs: 1_000 }]);
  expect(tap.counts).toMatchObject({ undecryptable: 1, kept: 0 });
});

test('a frame whose key comes later is opened in its place, with what waited behind it', () => {
  let dave = noKey;
  const { tap, packets, opened: reports } = openTap({ dave: () => dave });
  tap.receive(makePacket({ sequence: 1, opus: sealedFrame }));
  tap.receive(makePacket({ sequence: 2, opus: silence }));
  tap.retry();
  expect(packets).toEqual([]);
  dave = fakeKeys(() => opened);
  tap.retry();
  expect(packets.map(({ sequence, opus }) => [sequence, opus])).toEqual([
    [1, opened],
    [2, silence],
  ]);
  // The failure was counted once, however often it was tried.
  expect(reports).toEqual([false, true]);
});

test('a frame that no key opens is a gap as soon as a later one is opened', () => {
  const dave = fakeKeys((frame) => (frame.equals(sealedFrame) ? 'failed' : opened));
  const { tap, packets } = openTap({ dave: () => dave });
  tap.receive(makePacket({ sequence: 1, opus: sealedFrame }));
  tap.receive(makePacket({ sequence: 2, opus: silence }));
  tap.receive(makePacket({ sequence: 3, opus: sealedWith(51) }));
  expect(packets.map(({ sequence, opus }) => [sequence, opus])).toEqual([
    [1, null],
    [2, silence],
    [3, opened],
  ]);
});

test('the first frames under a key are opened by their numbers, whatever the network did', () => {
  const tried: number[] = [];
  const dave = fakeKeys((frame) => (tried.push(frame.at(-4)!), opened));
  const { tap, packets } = openTap({ dave: () => dave });
  for (const nonce of [3, 2, 1, 4, 6, 5])
    tap.receive(makePacket({ sequence: 100 + nonce, opus: sealedWith(nonce) }));
  // Number 5 is only late: its key has begun.
  expect(packets.map(({ sequence }) => sequence)).toEqual([101, 102, 103, 104, 106, 105]);
  for (const nonce of [100, 2, 1])
    tap.receive(makePacket({ sequence: 200 + nonce, opus: sealedWith(nonce) }));
  expect(tried).toEqual([1, 2, 3, 4, 6, 5, 100, 1, 2]);
  expect(tap.counts).toMatchObject({ kept: 9, undecryptable: 0 });
});

test('a first frame that was lost holds the second no longer than the timeline would', () => {
  const { tap, packets, world } = openTap({ dave: () => fakeKeys(() => opened) });
  tap.receive(makePacket({ opus: sealedWith(2) }));
  world.nowUs += 100_000;
  tap.expire();
  expect(packets).toEqual([]);
  world.nowUs += 100_000;
  tap.expire();
  expect(packets).toMatchObject([{ opus: opened, arrivalUs: 1_000 }]);
});

test('the copy of a frame that was opened waits for no key', () => {
  const seen = new Set<number>();
  const dave = fakeKeys((frame) => (seen.has(frame.at(-4)!) ? 'failed' : (seen.add(frame.at(-4)!), opened)));
  const { tap, packets, opened: reports } = openTap({ dave: () => dave });
  for (const nonce of [50, 50, 51]) tap.receive(makePacket({ sequence: nonce, opus: sealedWith(nonce) }));
  expect(packets.map(({ opus }) => opus)).toEqual([opened, null, opened]);
  expect(reports).toEqual([true, true]);
});

test('what is held when the connection closes is given up with its reason, or kept if it can be', () => {
  const { tap, packets, world, unmapped } = openTap({
    dave: () => fakeKeys((frame) => (frame.at(-4) === 2 ? opened : 'failed')),
  });
  tap.receive(makePacket({ sequence: 1, opus: sealedWith(2) }));
  tap.receive(makePacket({ sequence: 2, opus: sealedFrame }));
  tap.receive(makePacket({ sequence: 3, opus: silence }));
  world.users.clear();
  world.users.set(4242, USER);
  tap.receive(makePacket({ sequence: 7, ssrc: 77 }));
  tap.close();
  expect(packets.map(({ opus }) => opus)).toEqual([opened, null, silence]);
  expect(unmapped).toEqual([77, 1_000]);
  expect(tap.counts).toMatchObject({ received: 4, kept: 2, undecryptable: 1, unmapped: 1 });
});

test.each([
  ['not joined its group yet', notJoined],
  ['keys of another epoch', noKey],
])('while the new connection has %s, the former one opens the frames', (_name, dave) => {
  const former = fakeKeys(() => opened);
  const { tap, packets } = openTap({ dave: () => dave, formerDave: () => former });
  tap.receive(makePacket({ opus: sealedFrame }));
  expect(packets).toMatchObject([{ opus: opened }]);
});

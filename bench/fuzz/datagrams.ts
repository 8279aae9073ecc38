/** Nonsense on the UDP port: whole datagrams spoilt, and packets under the right key that contradict themselves. */
import { seededRandom } from '../../src/simulator/voice/faults.ts';
import type { Random } from '../../src/simulator/voice/faults.ts';
import type { VoiceWire } from '../../src/simulator/voice/voice-server.ts';
import type { FuzzCall } from './call.ts';
import { mutated, noise, pick, whole } from './mutate.ts';

/** Handed to the kernel at once; its receive buffer must hold them even where it is small. */
const BATCH = 50;
const HUGE_BYTES = 60_000;
/** Someone whom op 5 names, and numbers that nobody is called by. */
export const STRANGER = { userId: '777000000000000001', ssrc: 0x777 };
const GIANT = { userId: '777000000000000002', ssrc: 0x778 };
const GIANT_SHARE = 0.001;
const NOBODIES = 40;

/** A packet that authenticates, of a stranger, and of which any part may lie about the rest. */
function sealedNonsense(wire: VoiceWire, random: Random): Buffer {
  const sources = random() < 0.3 ? whole(random, 16) : 0;
  const extended = random() < 0.5;
  const header = Buffer.alloc(12 + 4 * sources + (extended ? 4 : 0));
  header[0] = 0x80 | (random() < 0.5 ? 0x20 : 0) | (extended ? 0x10 : 0) | sources;
  header[1] = random() < 0.9 ? 0x78 : whole(random, 256);
  header.writeUInt16BE(whole(random, 2 ** 16), 2);
  header.writeUInt32BE(whole(random, 2 ** 32), 4);
  header.writeUInt32BE(random() < 0.7 ? STRANGER.ssrc : 0x10000 + whole(random, NOBODIES), 8);
  if (extended) header.writeUInt16BE(pick(random, [0, 1, 2, 50, 65_535]), header.length - 2);
  const body = noise(random, pick(random, [0, 1, 2, 3, 8, 40, 160, 1_200]));
  // Frames that claim to be encrypted end to end.
  if (random() < 0.2 && body.length > 3)
    Buffer.from([whole(random, 256), 0xfa, 0xfa]).copy(body, body.length - 3);
  return wire.seal({ header, body });
}

/** Valid Opus of 20 ms that is padding but for its last bytes (RFC 6716 section 3.2.5), as large as a datagram can be. */
export function paddedOpus(bytes: number, audioBytes: number): Buffer {
  const opus = Buffer.alloc(bytes);
  opus[0] = 0xff;
  opus[1] = 0x41;
  // Each 255 says: 254 bytes of padding, and another count.
  const rest = bytes - 2 - audioBytes;
  const counts = Math.ceil(rest / 255);
  opus.fill(255, 2, 2 + counts - 1);
  opus[2 + counts - 1] = rest - counts - (counts - 1) * 254;
  return opus;
}

/** Larger than any Ogg page, authentic, and in order: the `number`-th of somebody who sends nothing else. */
function sealedGiant(wire: VoiceWire, number: number): Buffer {
  const header = Buffer.alloc(12);
  header.set([0x80, 0x78]);
  header.writeUInt16BE(number & 0xffff, 2);
  header.writeUInt32BE(number * 960, 4);
  header.writeUInt32BE(GIANT.ssrc, 8);
  return wire.seal({ header, body: paddedOpus(65_100 + ((number * 37) % 300), 300) });
}

export function nonsense(overheard: readonly Buffer[], wire: VoiceWire, random: Random): Buffer {
  if (random() < 0.0005) return noise(random, HUGE_BYTES);
  const kind = random();
  if (kind < 0.1) return pick(random, overheard);
  if (kind < 0.35) return sealedNonsense(wire, random);
  return mutated(pick(random, overheard), random);
}

/** Sends `count` of them, and lets the speakers say something after each batch. */
export async function fuzzDatagrams(
  call: FuzzCall,
  { count, seed, onProgress }: { count: number; seed: number; onProgress: (done: number) => void },
): Promise<void> {
  const random = seededRandom(seed);
  let giants = 0;
  await call.speak();
  for (let done = 0; done < count;) {
    const wire = await call.wire();
    if (done % 1_000 === 0) {
      for (const { userId, ssrc } of [STRANGER, GIANT])
        wire.post(JSON.stringify({ op: 5, d: { user_id: userId, ssrc, speaking: 1 } }));
    }
    const { received } = call.counts();
    const size = Math.min(BATCH, count - done);
    for (let sent = 0; sent < size; sent++) {
      const isGiant = random() < GIANT_SHARE;
      await wire.send(isGiant ? sealedGiant(wire, giants++) : nonsense(call.overheard, wire, random));
    }
    await arrived(call, received + size);
    done += size;
    if (done % 500 === 0 || done === count) await call.speak();
    onProgress(done);
  }
}

/** A datagram that the kernel had no room for never arrives; those of the speakers are sent when there is room. */
async function arrived(call: FuzzCall, received: number): Promise<void> {
  const patienceUntil = performance.now() + 300;
  while (call.counts().received < received && performance.now() < patienceUntil)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Nonsense on the voice gateway: every opcode, text and binary, spoilt in form; never a well-formed lie about a speaker. */
import { seededRandom } from '../../src/simulator/voice/faults.ts';
import type { Random } from '../../src/simulator/voice/faults.ts';
import type { FuzzCall } from './call.ts';
import { junk, mutated, mutatedJson, noise, pick, whole } from './mutate.ts';

const BATCH = 50;
const HIGHEST_OP = 40;
const strangers = (random: Random): string => String(888_000_000_000_000_000n + BigInt(whole(random, 500)));
const transition = (random: Random): number => 60_000 + whole(random, 1_000);

/** What the voice gateway, version 8, sends (docs.discord.com, voice connections and opcodes), about strangers. */
const SAYS: ((random: Random) => { op: number; d: unknown; seq?: number })[] = [
  () => ({ op: 2, d: { ssrc: 1, ip: '127.0.0.1', port: 9, modes: ['aead_aes256_gcm_rtpsize'] } }),
  () => ({
    op: 4,
    d: { mode: 'aead_aes256_gcm_rtpsize', secret_key: new Array(32).fill(7), dave_protocol_version: 0 },
  }),
  (random) => ({ op: 5, d: { user_id: strangers(random), ssrc: 0x20000 + whole(random, 500), speaking: 1 } }),
  () => ({ op: 6, d: { t: 1 } }),
  () => ({ op: 8, d: { v: 8, heartbeat_interval: 41_250 } }),
  () => ({ op: 9, d: null }),
  (random) => ({ op: 11, d: { user_ids: [strangers(random), strangers(random)] } }),
  (random) => ({ op: 12, d: { user_id: strangers(random), audio_ssrc: 3, video_ssrc: 0, streams: [] } }),
  (random) => ({ op: 13, d: { user_id: strangers(random) } }),
  (random) => ({ op: 18, d: { user_id: strangers(random), flags: 2 } }),
  (random) => ({ op: 20, d: { user_id: strangers(random), platform: 0 } }),
  (random) => ({ op: 21, d: { transition_id: transition(random), protocol_version: 1 } }),
  (random) => ({ op: 22, d: { transition_id: transition(random) } }),
  () => ({ op: 24, d: { protocol_version: 1, epoch: 2 } }),
];
const BINARY_OPS = [25, 27, 29, 30];

function textNonsense(random: Random): string {
  const said = pick(random, SAYS)(random);
  const kind = random();
  if (kind < 0.7) return JSON.stringify(mutatedJson(said, random) ?? null);
  if (kind < 0.8) return JSON.stringify({ op: whole(random, HIGHEST_OP), d: junk(random) });
  if (kind < 0.9) return mutated(Buffer.from(JSON.stringify(said)), random).toString('latin1');
  const text = JSON.stringify(said);
  return text.slice(0, whole(random, text.length));
}

function binaryNonsense(random: Random, overheard: readonly Buffer[]): Buffer {
  if (random() < 0.1) return noise(random, whole(random, 4));
  const op = random() < 0.8 ? pick(random, BINARY_OPS) : whole(random, 256);
  const head = Buffer.from([whole(random, 256), whole(random, 256), op, ...noise(random, whole(random, 4))]);
  const payload = random() < 0.001 ? Buffer.alloc(500_000, 7) : mutated(pick(random, overheard), random);
  return Buffer.concat([head, payload]);
}

/** Posts `count` of them, and lets the speakers say something after each batch. */
export async function fuzzMessages(
  call: FuzzCall,
  { count, seed, onProgress }: { count: number; seed: number; onProgress: (done: number) => void },
): Promise<void> {
  const random = seededRandom(seed);
  await call.speak();
  for (let done = 0; done < count;) {
    const wire = await call.wire();
    const size = Math.min(BATCH, count - done);
    for (let posted = 0; posted < size; posted++)
      wire.post(random() < 0.75 ? textNonsense(random) : binaryNonsense(random, call.overheard));
    // A heartbeat that the server means, often enough for it to forget what it keeps for a resume.
    wire.post(JSON.stringify({ op: 8, d: { v: 8, heartbeat_interval: 200 } }));
    await call.heard();
    done += size;
    await call.speak();
    onProgress(done);
  }
}

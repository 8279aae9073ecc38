/**
 * What leveling made of a session, as it is kept beside it: who speaks when, the gain of each voice, and how loud all of them
 * together are. A window of a master is decided by it without a look at the levels of hours. Pure.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import type { SpeakerLevel } from '../gains.ts';

const loudness = z.object({ lufs: z.number(), seconds: z.number() });
const header = z.object({
  /** Names everything that leveling depends on. */
  key: z.string(),
  /** Lengths of the arrays that follow: of each `follow`, of each `own`, of `energies`. */
  knots: z.number().int(),
  frames: z.number().int(),
  blocks: z.number().int(),
  delaySamples: z.number().int(),
  voices: z.array(
    z.object({
      track: z.number().int(),
      channels: z.union([z.literal(1), z.literal(2)]),
      denoised: z.boolean(),
      noiseLufs: z.number().nullable(),
      recordedGainDb: z.number(),
      gainDb: z.number(),
      measured: loudness.nullable(),
    }),
  ),
});

export interface LeveledVoice {
  /** Its number in the session. */
  track: number;
  channels: 1 | 2;
  denoised: boolean;
  /** As it was recorded, which is what cleaning goes by. */
  recorded: { level: Pick<SpeakerLevel, 'gainDb' | 'follow'>; noiseLufs: number | null };
  /** As it is mixed. */
  level: SpeakerLevel;
  /** By frame of 20 ms: 1 where the speaker's own voice is. */
  own: Uint8Array;
}

export interface LeveledSession {
  key: string;
  /** Those that hold sound. */
  voices: LeveledVoice[];
  /** By which the denoiser delays; 0 when nothing is denoised. */
  delaySamples: number;
  /** By block of 100 ms, of the sum of all, before a producer changed anything. */
  energies: Float32Array;
}

export function encodeLeveled({ key, voices, energies, delaySamples }: LeveledSession): Buffer {
  const described: z.infer<typeof header> = {
    key,
    knots: voices[0]?.level.follow.length ?? 0,
    frames: voices[0]?.own.length ?? 0,
    ...{ blocks: energies.length, delaySamples },
    voices: voices.map(({ track, channels, denoised, recorded, level }) => ({
      ...{ track, channels, denoised, noiseLufs: recorded.noiseLufs, recordedGainDb: recorded.level.gainDb },
      ...{ gainDb: level.gainDb, measured: level.measured },
    })),
  };
  const floats = [
    ...voices.flatMap(({ recorded, level }) => [recorded.level.follow, level.follow]),
    energies,
  ];
  const body = [
    ...floats.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    ...voices.map(({ own }) => own),
  ];
  // zlib's form and not the raw one: it carries a checksum.
  return Buffer.concat([Buffer.from(`${JSON.stringify(described)}\n`), deflateSync(Buffer.concat(body))]);
}

/** Undefined for what was kept under another key, or was cut short. */
export function parseLeveled(file: Buffer, key: string): LeveledSession | undefined {
  try {
    const end = file.indexOf(0x0a);
    const head = header.parse(JSON.parse(file.toString('utf8', 0, end)));
    if (head.key !== key) return undefined;
    const { buffer } = new Uint8Array(inflateSync(file.subarray(end + 1)));
    let at = 0;
    const floats = (length: number) => {
      const taken = new Float32Array(buffer, at, length);
      at += taken.byteLength;
      return taken;
    };
    const follows = head.voices.map(() => [floats(head.knots), floats(head.knots)] as const);
    const energies = floats(head.blocks);
    const voices = head.voices.map((voice, index): LeveledVoice => {
      const [recorded, follow] = follows[index]!;
      const { track, channels, denoised, noiseLufs, recordedGainDb, gainDb, measured } = voice;
      return {
        ...{ track, channels, denoised, own: new Uint8Array(buffer, at + index * head.frames, head.frames) },
        recorded: { level: { gainDb: recordedGainDb, follow: recorded }, noiseLufs },
        level: { gainDb, measured, follow },
      };
    });
    return { key, voices, energies, delaySamples: head.delaySamples };
  } catch {
    return undefined;
  }
}

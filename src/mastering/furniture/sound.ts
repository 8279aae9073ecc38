/** A show's sound, decoded into a scratch file: what it holds, how loud it is, and its samples. */
import { closeSync, openSync, readSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { RenderError } from '../errors.ts';
import { FfmpegError, type FfmpegRunner } from '../ffmpeg.ts';
import { furnitureJob } from '../ffmpeg-jobs.ts';
import { gatedLoudness } from '../loudness.ts';
import { createMeter } from '../meter.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { FurnitureKind } from './layout.ts';

/** What is longer is cut off there: a jingle is no programme. */
export const LONGEST_SECONDS: Record<FurnitureKind, number> = { intro: 180, outro: 180, bed: 1800 };
/** Shorter than this, a sound is a mistake. */
export const SHORTEST_SECONDS = 0.2;
export const TOO_SHORT = 'is shorter than a fifth of a second';
/** Two channels that differ by less than this are one. */
const SAME = 1e-3;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

export interface SoundFigure {
  kind: FurnitureKind;
  channels: 1 | 2;
  /** Of each channel. */
  samples: number;
  /** As ITU-R BS.1770 adds its channels up. */
  lufs: number;
}

export interface Sound extends SoundFigure {
  /** Fills one array per channel, both equally long, with the samples from `from` on; silence beyond the end. */
  read: (planes: readonly Float32Array[], from: number) => void;
  close: () => void;
}

/** Throws RenderError `bad-furniture` when the file is no sound, or a silent one. */
export async function openSound(
  ffmpeg: FfmpegRunner,
  { kind, file, scratchFolder }: { kind: FurnitureKind; file: string; scratchFolder: string },
): Promise<Sound> {
  const rawPath = path.join(scratchFolder, `${kind}.f32`);
  try {
    await ffmpeg.run(
      furnitureJob(file, rawPath, { channels: 2, fromSeconds: 0, seconds: LONGEST_SECONDS[kind] }),
    );
  } catch (cause) {
    if (!(cause instanceof FfmpegError)) throw cause;
    throw badFurniture(kind, 'cannot be read as sound', cause);
  }
  const raw = openRaw(rawPath);
  // An open file lives on; its name is not needed.
  await unlink(rawPath);
  const heard = listen(raw);
  const isShort = raw.samples < SHORTEST_SECONDS * SAMPLE_RATE_HZ;
  if (isShort || heard.lufs === null) {
    raw.close();
    throw badFurniture(kind, isShort ? TOO_SHORT : 'is silent');
  }
  const { samples, read, close } = raw;
  const figure: SoundFigure = { kind, samples, channels: heard.channels, lufs: heard.lufs };
  return { ...figure, close, read: planesOf(heard.channels, read) };
}

/** Reads as many channels as the sound has. */
export function planesOf(channels: 1 | 2, read: Raw['read']): Sound['read'] {
  let unheard = new Float32Array(0);
  return (planes, from) => {
    const [first, second] = [planes[0]!, planes[1]];
    if (channels === 1 && unheard.length < first.length) unheard = new Float32Array(first.length);
    read(first, channels === 1 ? unheard.subarray(0, first.length) : second!, from);
  };
}

export const badFurniture = (kind: FurnitureKind, problem: string, cause?: unknown) =>
  new RenderError(
    'bad-furniture',
    `The show's ${kind} ${problem}. Set another sound file (MP3, WAV, FLAC, M4A or Ogg), or remove it from the show.`,
    { cause },
  );

export interface Raw {
  samples: number;
  read: (left: Float32Array, right: Float32Array, from: number) => void;
  close: () => void;
}

/** Two channels, sample by sample. */
export function openRaw(rawPath: string): Raw {
  const file = openSync(rawPath, 'r');
  let pairs = new Float32Array(2 * SAMPLE_RATE_HZ);
  const fill = (length: number, from: number): number => {
    if (pairs.length < 2 * length) pairs = new Float32Array(2 * length);
    const bytes = new Uint8Array(pairs.buffer, 0, 2 * length * BYTES);
    return Math.floor(readSync(file, bytes, 0, bytes.length, from * 2 * BYTES) / (2 * BYTES));
  };
  let samples = 0;
  for (let read = fill(SAMPLE_RATE_HZ, 0); read > 0; read = fill(SAMPLE_RATE_HZ, samples)) samples += read;
  return {
    samples,
    read(left, right, from) {
      const read = fill(left.length, from);
      for (let at = 0; at < left.length; at += 1) {
        left[at] = at < read ? pairs[2 * at]! : 0;
        right[at] = at < read ? pairs[2 * at + 1]! : 0;
      }
    },
    close: () => closeSync(file),
  };
}

/** How loud it is, and whether its two channels are two. */
function listen({ samples, read }: Raw): { channels: 1 | 2; lufs: number | null } {
  const planes = [new Float32Array(SAMPLE_RATE_HZ), new Float32Array(SAMPLE_RATE_HZ)] as const;
  const meters = { mono: createMeter(samples, 1), stereo: createMeter(samples, 2) };
  let difference = 0;
  for (let from = 0; from < samples; from += SAMPLE_RATE_HZ) {
    const parts = planes.map((plane) => plane.subarray(0, Math.min(SAMPLE_RATE_HZ, samples - from)));
    const [left, right] = [parts[0]!, parts[1]!];
    read(left, right, from);
    meters.mono.add([left]);
    meters.stereo.add(parts);
    for (let at = 0; at < left.length; at += 1)
      difference = Math.max(difference, Math.abs(left[at]! - right[at]!));
  }
  const channels = difference > SAME ? 2 : 1;
  const { energies } = channels === 2 ? meters.stereo : meters.mono;
  return { channels, lufs: gatedLoudness(energies)?.lufs ?? null };
}

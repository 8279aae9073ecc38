/** Writes sources of samples to files. Silence is not written at all: it stays a hole in the file. */
import { open, type FileHandle } from 'node:fs/promises';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { broadcastWaveHeader, BYTES_PER_SAMPLE, dataBytes, type BroadcastWave } from './bwf.ts';
import { pack24, quantize, shiftTo32 } from './pcm.ts';
import type { Region, SampleSource } from './sample-source.ts';

/** A multiple of four, as packing wants it. */
const WINDOW_SAMPLES = SAMPLE_RATE_HZ;

/** Runs after each second of sound. */
type Breathe = (writtenSamples: number) => Promise<void>;

/** A Broadcast Wave file; `wave.channels` is as many as there are sources. */
export async function writeWav(
  path: string,
  wave: Omit<BroadcastWave, 'channels'>,
  sources: readonly SampleSource[],
  breathe: Breathe,
): Promise<void> {
  const described = { ...wave, channels: sources.length };
  const { bytesPerSample = BYTES_PER_SAMPLE } = wave;
  const bytes = dataBytes(described);
  const packed = new Int32Array((WINDOW_SAMPLES * sources.length * BYTES_PER_SAMPLE) / 4);
  await writeSounding(path, sources, {
    ...{ head: broadcastWaveHeader(described), bytes: bytes + (bytes % 2), bytesPerSample, breathe },
    encode(values, count) {
      if (bytesPerSample === 4) {
        shiftTo32(values, count);
        return values;
      }
      pack24(values, Math.ceil(count / 4) * 4, packed);
      return packed;
    },
  });
}

interface Form {
  head: Buffer;
  /** After the head. */
  bytes: number;
  bytesPerSample: number;
  encode: (values: Int32Array, count: number) => Int32Array;
  breathe: Breathe;
}

async function writeSounding(path: string, sources: readonly SampleSource[], form: Form): Promise<void> {
  const { head, bytes, bytesPerSample, encode, breathe } = form;
  const channels = sources.length;
  const window = new Float32Array(WINDOW_SAMPLES);
  const values = new Int32Array(WINDOW_SAMPLES * channels);
  const file = await open(path, 'w');
  try {
    await file.truncate(head.length + bytes);
    await writeAll(file, head, 0);
    let written = 0;
    for (const [from, to] of together(sources.map(({ regions }) => regions)))
      for (let at = from; at < to; at += WINDOW_SAMPLES) {
        const samples = Math.min(WINDOW_SAMPLES, to - at);
        const part = window.subarray(0, samples);
        for (const [channel, source] of sources.entries()) {
          part.fill(0);
          source.addTo(part, at, 1);
          quantize(part, samples, values, { channel, channels });
        }
        const encoded = encode(values, samples * channels);
        const pcm = new Uint8Array(encoded.buffer, 0, samples * channels * bytesPerSample);
        await writeAll(file, pcm, head.length + at * channels * bytesPerSample);
        written += samples;
        await breathe(written);
      }
  } finally {
    await file.close();
  }
}

/** Where any of several sources sounds: rising, and apart. */
export function together(each: readonly (readonly Region[])[]): Region[] {
  const all = each.flat().sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of all) {
    const open = joined.at(-1);
    if (open !== undefined && from <= open[1]) open[1] = Math.max(open[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

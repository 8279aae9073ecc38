/** Writes sources of samples as a Broadcast Wave file. Silence is not written at all: it stays a hole in the file. */
import { open, type FileHandle } from 'node:fs/promises';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { broadcastWaveHeader, BYTES_PER_SAMPLE, dataBytes, type BroadcastWave } from './bwf.ts';
import type { Region, SampleSource } from './sample-source.ts';

const WINDOW_SAMPLES = SAMPLE_RATE_HZ;
const FULL_SCALE = 2 ** 23;

/** `breathe` runs after each second of sound. `wave.channels` is as many as there are sources. */
export async function writeWav(
  path: string,
  wave: Omit<BroadcastWave, 'channels'>,
  sources: readonly SampleSource[],
  breathe: (writtenSamples: number) => Promise<void>,
): Promise<void> {
  const described = { ...wave, channels: sources.length };
  const header = broadcastWaveHeader(described);
  const bytes = dataBytes(described);
  const file = await open(path, 'w');
  try {
    await file.truncate(header.length + bytes + (bytes % 2));
    await writeAll(file, header, 0);
    let written = 0;
    for (const [from, to] of together(sources.map(({ regions }) => regions)))
      for (let at = from; at < to; at += WINDOW_SAMPLES) {
        const pcm = pcmOf(sources, at, Math.min(WINDOW_SAMPLES, to - at));
        await writeAll(file, pcm, header.length + at * sources.length * BYTES_PER_SAMPLE);
        written += Math.min(WINDOW_SAMPLES, to - at);
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

/** Interleaved, rounded to 24 bits; what a hot decode puts beyond full scale is cut there, as in every such file. */
function pcmOf(sources: readonly SampleSource[], start: number, samples: number): Buffer {
  const pcm = Buffer.allocUnsafe(samples * sources.length * BYTES_PER_SAMPLE);
  const step = sources.length * BYTES_PER_SAMPLE;
  for (const [channel, source] of sources.entries()) {
    const window = new Float32Array(samples);
    source.addTo(window, start, 1);
    let at = channel * BYTES_PER_SAMPLE;
    for (let index = 0; index < samples; index += 1, at += step) {
      const value = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(window[index]! * FULL_SCALE)));
      pcm[at] = value & 0xff;
      pcm[at + 1] = (value >> 8) & 0xff;
      pcm[at + 2] = (value >> 16) & 0xff;
    }
  }
  return pcm;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

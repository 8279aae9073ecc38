/**
 * The outline of a signal for those who draw it: the least and the greatest sample of each pixel, at three zooms, in the
 * binary format of audiowaveform that players and editors read (github.com/bbc/audiowaveform, doc/DataFormat.md). Pure.
 */
import { SAMPLE_RATE_HZ } from './session-clock.ts';

/** Samples in a pixel: a hundredth of a second, a tenth, a second. Each is made of pixels of the one before it. */
export const PEAKS_ZOOMS = [480, 4800, 48_000] as const;
const [FINEST] = PEAKS_ZOOMS;

export interface PeaksZoom {
  samplesPerPixel: number;
  /** Least and greatest of each pixel in turn; 128 is full scale. */
  minMax: Int8Array;
}

export interface Peaks {
  /**
   * Samples from `at` on, in the order of time; what is never added is silence, and costs neither work nor memory. What
   * lies outside of the signal is left out. Throws a RangeError for what lies before the end of an earlier piece.
   */
  add: (samples: Float32Array, at: number) => void;
  finish: () => PeaksZoom[];
}

/** @param samples - length of the whole signal; an hour of sound takes 0.8 MB. */
export function createPeaks(samples: number): Peaks {
  const finest = new Int8Array(2 * Math.ceil(samples / FINEST));
  let pixel = 0;
  let seen = 0;
  let end = -Infinity;
  let [least, greatest] = [Infinity, -Infinity];
  const close = () => {
    if (seen === 0) return;
    const length = Math.min(FINEST, samples - pixel * FINEST);
    // Silence is a part of a pixel that was not added whole.
    finest[2 * pixel] = eightBits(seen < length ? Math.min(0, least) : least);
    finest[2 * pixel + 1] = eightBits(seen < length ? Math.max(0, greatest) : greatest);
    [least, greatest, seen] = [Infinity, -Infinity, 0];
  };
  return {
    add(piece, at) {
      if (at < end) throw new RangeError(`Sample ${at} lies before ${end}, where the last piece ended.`);
      end = at + piece.length;
      const last = Math.min(piece.length, samples - at);
      for (let from = Math.max(0, -at); from < last;) {
        const index = Math.floor((at + from) / FINEST);
        if (index !== pixel) close();
        pixel = index;
        const to = Math.min(last, (index + 1) * FINEST - at);
        // Locals: the loop must not touch the heap.
        let [low, high] = [least, greatest];
        for (let each = from; each < to; each += 1) {
          const sample = piece[each]!;
          if (sample < low) low = sample;
          if (sample > high) high = sample;
        }
        [least, greatest] = [low, high];
        seen += to - from;
        from = to;
      }
    },
    finish() {
      close();
      const zooms: PeaksZoom[] = [{ samplesPerPixel: FINEST, minMax: finest }];
      for (const samplesPerPixel of PEAKS_ZOOMS.slice(1)) {
        const finer = zooms.at(-1)!;
        const minMax = coarser(finer.minMax, samplesPerPixel / finer.samplesPerPixel);
        zooms.push({ samplesPerPixel, minMax });
      }
      return zooms;
    },
  };
}

/** Towards zero, as audiowaveform makes 8 bits of 16 (WaveformBuffer.cpp); a sample beyond full scale counts as full. */
const eightBits = (sample: number): number => Math.max(-128, Math.min(127, Math.trunc(sample * 128)));

function coarser(finer: Int8Array, pixels: number): Int8Array {
  const minMax = new Int8Array(2 * Math.ceil(finer.length / 2 / pixels));
  for (let index = 0; index < minMax.length; index += 2) {
    const end = Math.min(finer.length, (index + 2) * pixels);
    let [least, greatest] = [127, -128];
    for (let at = index * pixels; at < end; at += 2) {
      least = Math.min(least, finer[at]!);
      greatest = Math.max(greatest, finer[at + 1]!);
    }
    [minMax[index], minMax[index + 1]] = [least, greatest];
  }
  return minMax;
}

const VERSION = 2;
const EIGHT_BITS = 1;
export const PEAKS_HEADER_BYTES = 24;

/** What stands in a file before `minMax`. */
export function peaksHeader({ samplesPerPixel, minMax }: PeaksZoom): Buffer {
  const header = Buffer.alloc(PEAKS_HEADER_BYTES);
  header.writeInt32LE(VERSION, 0);
  header.writeUInt32LE(EIGHT_BITS, 4);
  header.writeInt32LE(SAMPLE_RATE_HZ, 8);
  header.writeInt32LE(samplesPerPixel, 12);
  header.writeUInt32LE(minMax.length / 2, 16);
  header.writeInt32LE(1, 20);
  return header;
}

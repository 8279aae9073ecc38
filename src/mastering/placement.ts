/** Where each stretch of a track's decoded audio belongs on the session clock, to the sample. Pure. */
import { PRE_SKIP_SAMPLES } from '../../recorder/ogg/reader.ts';
import { samplesAt } from './session-clock.ts';

/**
 * Packets whose places differ by this much from their neighbour's end still belong together: rounding to whole
 * microseconds and samples, and the drift of a sound card (100 ppm is 0.1 sample a packet).
 */
const JOIN_TOLERANCE_SAMPLES = 5;

/** `span` samples of the session from `at` on are the `length` decoded samples from `from` on. */
export interface Stretch {
  at: number;
  span: number;
  from: number;
  length: number;
}

/** Stretches that touch: one unbroken piece of sound. Its two ends are faded, its inner joins are not. */
export interface Run {
  at: number;
  end: number;
  stretches: Stretch[];
}

/** A packet as it stands in the compact file. */
export interface CompactPacket {
  /** Session clock. */
  startUs: number;
  /** Samples that it decodes to. */
  samples: number;
  /** Decoded samples before it in the compact file. */
  from: number;
}

/** Whether a packet goes on where the one before it ended. */
export function continues(before: CompactPacket, startUs: number): boolean {
  return Math.abs(placeOf(startUs) - (placeOf(before.startUs) + before.samples)) <= JOIN_TOLERANCE_SAMPLES;
}

/** Decoded sample n of a packet was spoken 312 samples before its place: the encoder's delay (recorder/ogg/opus-headers.ts). */
const placeOf = (startUs: number): number => samplesAt(startUs) - PRE_SKIP_SAMPLES;

/**
 * Builds runs packet by packet. Drift shows as a packet that begins a sample earlier or later than the one before it
 * ends: that one is stretched by the difference, so that nothing is repeated, dropped or left open.
 */
export function createRunBuilder(): { add: (packet: CompactPacket) => void; finish: () => Run[] } {
  const runs: Run[] = [];
  let last: CompactPacket | undefined;
  const place = (run: Run, { from, samples }: CompactPacket, end: number) => {
    const open = run.stretches.at(-1);
    const span = end - run.end;
    if (
      open !== undefined &&
      open.span === open.length &&
      span === samples &&
      open.from + open.length === from
    ) {
      open.span += span;
      open.length += samples;
    } else run.stretches.push({ at: run.end, span, from, length: samples });
    run.end = end;
  };
  const settleLast = (next?: CompactPacket) => {
    const run = runs.at(-1);
    if (last === undefined || run === undefined) return;
    const joined = next !== undefined && continues(last, next.startUs);
    place(run, last, joined ? placeOf(next.startUs) : run.end + last.samples);
  };
  return {
    add(packet) {
      settleLast(packet);
      if (last === undefined || !continues(last, packet.startUs)) {
        const at = placeOf(packet.startUs);
        runs.push({ at, end: at, stretches: [] });
      }
      last = packet;
    },
    finish() {
      settleLast();
      last = undefined;
      return runs;
    },
  };
}

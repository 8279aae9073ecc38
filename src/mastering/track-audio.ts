/** A decoded track on the session clock: windows of it are read from disk as they are needed. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Run, Stretch } from './placement.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

/** Ends of runs are faded over 5 ms, so that a hole does not click (docs/decisions/0004). */
export const FADE_SAMPLES = (5 * SAMPLE_RATE_HZ) / 1000;

const BYTES = Float32Array.BYTES_PER_ELEMENT;

export type Listen = (samples: Float32Array, at: number) => void;

export interface TrackAudio {
  readonly runs: readonly Run[];
  readonly channels: 1 | 2;
  /** Adds a channel of the track, the first by default, times `gain`, to `target`, whose first sample is `start` of the session clock. */
  addTo: (target: Float32Array, start: number, gain: number, channel?: number) => void;
  /**
   * Hands on what of a channel lies between two samples of the session clock, piece by piece, with the sample at which each
   * begins. A piece may be written over, and stands until the next.
   */
  hear: (start: number, end: number, listen: Listen, channel?: number) => void;
  close: () => void;
}

/** `path` holds f32 samples at 48 kHz, of two channels interleaved; what is missing at its end reads as silence. */
export function openTrackAudio(path: string, runs: readonly Run[], channels: 1 | 2 = 1): TrackAudio {
  const file = openSync(path, 'r');
  let firstOpen = 0;
  let lastStart = 0;
  let buffer = new Float32Array(SAMPLE_RATE_HZ);
  /** What is answered stands until the next read. */
  const readValues = (from: number, length: number): Float32Array => {
    if (buffer.length < length) buffer = new Float32Array(length);
    const values = buffer.subarray(0, length);
    const skipped = Math.min(length, Math.max(0, -from)); // Interpolation looks one sample before the file's first.
    const bytes = new Uint8Array(buffer.buffer, skipped * BYTES, (length - skipped) * BYTES);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(file, bytes, done, bytes.length - done, (from + skipped) * BYTES + done);
      if (count === 0) break;
      done += count;
    }
    values.fill(0, 0, skipped);
    values.fill(0, skipped + Math.floor(done / BYTES));
    return values;
  };
  const readChannel =
    (channel: number): Read =>
    (from, length) => {
      const values = readValues(from * channels, length * channels);
      if (channels === 1) return values;
      for (let at = 0; at < length; at += 1) values[at] = values[2 * at + channel]!;
      return values.subarray(0, length);
    };
  /** Windows are asked for in order: the search goes on where the last one ended. */
  const seek = (start: number) => {
    if (start < lastStart) firstOpen = 0;
    lastStart = start;
    while (firstOpen < runs.length && runs[firstOpen]!.end <= start) firstOpen += 1;
  };
  const hear: TrackAudio['hear'] = (start, end, listen, channel = 0) => {
    const read = readChannel(channel);
    seek(start);
    for (let index = firstOpen; index < runs.length && runs[index]!.at < end; index += 1)
      hearRun(start, end, runs[index]!, read, listen);
  };
  return {
    ...{ runs, channels, hear },
    addTo(target, start, gain, channel) {
      const add: Listen = (samples, at) => {
        const offset = at - start;
        for (let index = 0; index < samples.length; index += 1)
          target[offset + index]! += samples[index]! * gain;
      };
      hear(start, start + target.length, add, channel);
    },
    close: () => closeSync(file),
  };
}

type Read = (from: number, length: number) => Float32Array;

function hearRun(start: number, end: number, run: Run, read: Read, listen: Listen): void {
  const last = Math.min(end, run.end);
  const fade = Math.min(FADE_SAMPLES, Math.floor((run.end - run.at) / 2));
  for (let index = firstStretch(run, start); index < run.stretches.length; index += 1) {
    const stretch = run.stretches[index]!;
    const from = Math.max(start, stretch.at);
    const to = Math.min(last, stretch.at + stretch.span);
    if (stretch.at >= last) break;
    if (to <= from) continue;
    const samples = readStretch(stretch, from - stretch.at, to - from, read);
    // Almost everything lies between the fades.
    const plainFrom = Math.min(to, Math.max(from, run.at + fade));
    const plainTo = Math.max(plainFrom, Math.min(to, run.end - fade));
    fadeEdge(from, plainFrom);
    fadeEdge(plainTo, to);
    listen(samples, from);

    function fadeEdge(first: number, end: number): void {
      for (let at = first; at < end; at += 1)
        samples[at - from]! *= fadeGain(Math.min(at - run.at + 0.5, run.end - at - 0.5) / fade);
    }
  }
}

/** Half a raised cosine: no corner at either end. */
const fadeGain = (position: number): number => 0.5 - 0.5 * Math.cos(Math.PI * position);

/** Index of the first stretch that ends after `start`; an open microphone has thousands. */
function firstStretch({ stretches }: Run, start: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { at, span } = stretches[middle]!;
    if (at + span <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `count` samples of a stretch from its `offset`-th on the session clock. */
function readStretch(
  { from, length, span }: Stretch,
  offset: number,
  count: number,
  read: Read,
): Float32Array {
  if (span === length) return read(from + offset, count);
  const step = length / span;
  const samples = read(from - 1, length + 3);
  return Float32Array.from({ length: count }, (_, index) => hermite(samples, (offset + index) * step + 1));
}

/** Four-point, third-order Hermite interpolation between samples. */
function hermite(samples: Float32Array, position: number): number {
  const index = Math.floor(position);
  const t = position - index;
  const [a, b, c, d] = [samples[index - 1]!, samples[index]!, samples[index + 1]!, samples[index + 2] ?? 0];
  const slope = (c - a) / 2;
  const bend = a - 2.5 * b + 2 * c - d / 2;
  const twist = (d - a) / 2 + 1.5 * (b - c);
  return ((twist * t + bend) * t + slope) * t + b;
}

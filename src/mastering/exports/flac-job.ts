/** What ffmpeg is told to make a FLAC file of raw samples. Pure. */
import type { FfmpegJob } from '../ffmpeg.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { Origin } from './origin.ts';

export interface FlacOrder {
  /** Interleaved s32, of which 24 bits are used. */
  rawPath: string;
  channels: number;
  output: string;
  origin: Origin;
  speaker: string;
  showTitle: string;
  trackNumber: number;
}

/** One thread: the tracks run beside each other. The time reference goes along as a comment; readers of BWF know its name. */
export const flacJob = (order: FlacOrder): FfmpegJob => ({
  inputs: [
    {
      options: [
        ...['-hide_banner', '-nostdin', '-loglevel', 'info', '-threads', '1'],
        ...['-f', 's32le', '-ar', String(SAMPLE_RATE_HZ), '-ac', String(order.channels)],
      ],
      path: order.rawPath,
    },
  ],
  options: [
    // Else a disk that is full at the last bytes is told on stderr, and the exit code says that all is well.
    '-xerror',
    ...['-map', '0:a:0', '-map_metadata', '-1', '-threads', '1', '-c:a', 'flac'],
    ...Object.entries({
      title: order.speaker,
      album: order.showTitle,
      track: String(order.trackNumber),
      date: order.origin.date,
      time_reference: String(order.origin.samplesFromMidnight),
    }).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
    ...['-f', 'flac'],
  ],
  output: order.output,
});

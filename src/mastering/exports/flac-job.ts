/** What ffmpeg is told to make a FLAC file of a WAV file. Pure. */
import type { FfmpegJob } from '../ffmpeg.ts';
import type { Origin } from './origin.ts';

export interface FlacOrder {
  /** Four bytes a sample, of which three are used. */
  wavPath: string;
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
        // The default is 4 KiB: it costs a seventh of the whole.
        ...['-f', 'wav', '-max_size', '65536'],
      ],
      path: order.wavPath,
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

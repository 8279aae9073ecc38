/** One speaker's file of an export: decoded where they speak, placed to the sample, written whole. */
import { unlink } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordedSession, RecordedTrack } from '../../../recorder/session/reader.ts';
import { RenderError } from '../errors.ts';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { flacSamples } from '../flac-header.ts';
import { flacJob } from './flac-job.ts';
import { copyOpus, cutOpus } from './opus-file.ts';
import type { Origin } from './origin.ts';
import type { ExportFormat } from './request.ts';
import type { SampleSource } from './sample-source.ts';
import { writeWav } from './sound-file.ts';
import { decodeTrack, type TrackPart } from './track-samples.ts';

export interface TrackOrder extends TrackPart {
  session: RecordedSession;
  format: ExportFormat;
  /** All of a sealed session. */
  whole: boolean;
  origin: Origin;
  showTitle: string;
  output: string;
  signal: AbortSignal;
}

export type SourcesOrder = Omit<TrackOrder, 'track' | 'whole' | 'scratchFolder' | 'signal'> & {
  track: Pick<RecordedTrack, 'number' | 'displayName'>;
};

/** Answers the number of channels. `onShare` hears how much of the track is done, 0 to 1. */
export async function writeTrack(
  ffmpeg: FfmpegRunner,
  order: TrackOrder,
  onShare: (share: number) => void,
): Promise<number> {
  const { track, from, to, output, format, signal } = order;
  const breathe = async () => {
    await nextTurn();
    signal.throwIfAborted();
  };
  if (format === 'opus') {
    if (order.whole) await copyOpus(track.opusPath, output);
    else await cutOpus(track.opusPath, output, { from, to }, breathe);
    onShare(1);
    return 1;
  }
  const decoded = await decodeTrack(ffmpeg, order);
  onShare(0.4);
  try {
    await writeSources(ffmpeg, order, decoded.sources, async (share) => {
      onShare(0.4 + 0.2 * share);
      await breathe();
    });
  } finally {
    await decoded.close();
  }
  onShare(1);
  return decoded.sources.length;
}

/**
 * The door for all that has samples: a recorded track, or one that was cleaned, leveled and edited, which is then as long
 * as `from` and `to` are apart.
 */
export async function writeSources(
  ffmpeg: FfmpegRunner,
  order: SourcesOrder,
  sources: readonly SampleSource[],
  onShare: (share: number) => Promise<void>,
): Promise<void> {
  const { track, session, origin, from, to, output, format, showTitle } = order;
  const sounding = sources
    .flatMap(({ regions }) => regions)
    .reduce((sum, [first, last]) => sum + last - first, 0);
  const breathe = (written: number) => onShare(written / sounding);
  const samples = to - from;
  const description = `${showTitle}, ${track.displayName}`;
  const originatorReference = session.sessionId.replaceAll('-', '');
  const wave = { samples, origin, description, originatorReference };
  if (format === 'wav') {
    await writeWav(output, wave, sources, breathe);
    return;
  }
  const wavPath = `${output}.wav`;
  await writeWav(wavPath, { ...wave, bytesPerSample: 4 }, sources, breathe);
  const speaker = { speaker: track.displayName, trackNumber: track.number };
  await ffmpeg.run(flacJob({ wavPath, output, origin, showTitle, ...speaker }));
  await unlink(wavPath);
  await requireLength(order);
}

/** By the header, which is what a program for sound goes by as well. */
async function requireLength({ output, from, to, track }: SourcesOrder): Promise<void> {
  const samples = await flacSamples(output);
  if (samples === to - from) return;
  throw new RenderError(
    'unexpected',
    `The file of track ${track.number} is ${samples} samples long and should be ${to - from}.`,
  );
}

/** One speaker's file of an export: decoded where they speak, placed to the sample, written whole, then looked at by ffprobe. */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  readTrackPackets,
  type PlacedPacket,
  type RecordedSession,
  type RecordedTrack,
} from '../../../recorder/session/reader.ts';
import { writeCompactTrack } from '../compact-track.ts';
import { RenderError } from '../errors.ts';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { decodeJob } from '../ffmpeg-jobs.ts';
import { SAMPLE_RATE_HZ, usAt } from '../session-clock.ts';
import { openTrackAudio, type TrackAudio } from '../track-audio.ts';
import { flacJob } from './flac-job.ts';
import { copyOpus, cutOpus } from './opus-file.ts';
import type { Origin } from './origin.ts';
import type { ExportFormat } from './request.ts';
import { sourceOf, type SampleSource } from './sample-source.ts';
import { writeRaw32, writeWav } from './sound-file.ts';

export interface TrackOrder {
  session: RecordedSession;
  track: RecordedTrack;
  format: ExportFormat;
  /** Samples of the session clock. */
  from: number;
  to: number;
  /** All of a sealed session. */
  whole: boolean;
  origin: Origin;
  showTitle: string;
  scratchFolder: string;
  output: string;
  signal: AbortSignal;
}

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
  await requireLength(ffmpeg, order);
  onShare(1);
  return decoded.sources.length;
}

/** A second on each side is decoded along: what overlaps the edges is then as it is in the whole track. */
const MARGIN_US = 1_000_000;

async function decodeTrack(ffmpeg: FfmpegRunner, { track, from, to, scratchFolder }: TrackOrder) {
  const compactPath = path.join(scratchFolder, `${track.number}.compact.opus`);
  const [fromUs, toUs] = [usAt(from) - MARGIN_US, usAt(to) + MARGIN_US];
  const near = track.spurts.filter(({ startUs, endUs }) => endUs > fromUs && startUs < toUs);
  const seen = { stereo: false };
  const packets = between(readTrackPackets({ ...track, spurts: near }), fromUs, toUs, ({ opus }) => {
    if ((opus[0]! & STEREO) !== 0) seen.stereo = true;
  });
  // A microphone is one channel, however its owner's client sends it; a music bot's two are two.
  const { runs, packets: sounding } = await writeCompactTrack(packets, compactPath, track.bot ? 2 : 1);
  const channels = sounding === 0 ? [] : track.bot && seen.stereo ? STEREO_CHANNELS : ONE_CHANNEL;
  const opened: { audio: TrackAudio; rawPath: string }[] = [];
  for (const [index, options] of channels.entries()) {
    const rawPath = path.join(scratchFolder, `${track.number}.${index}.f32`);
    const job = decodeJob(compactPath, rawPath);
    await ffmpeg.run({ ...job, options: [...options, ...job.options] });
    opened.push({ audio: openTrackAudio(rawPath, runs), rawPath });
  }
  await unlink(compactPath);
  return {
    sources: sounding === 0 ? [SILENT] : opened.map(({ audio }) => sourceOf(audio, from, to)),
    async close() {
      for (const { audio, rawPath } of opened) {
        audio.close();
        await unlink(rawPath);
      }
    },
  };
}

/** RFC 6716 section 3.1, bit `s` of the table of contents. */
const STEREO = 0x04;
const ONE_CHANNEL = [[]];
const STEREO_CHANNELS = [
  ['-af', 'pan=mono|c0=c0'],
  ['-af', 'pan=mono|c0=c1'],
];
const SILENT: SampleSource = { regions: [], addTo: () => undefined };

async function* between(
  packets: AsyncIterable<PlacedPacket>,
  fromUs: number,
  toUs: number,
  see: (packet: PlacedPacket) => void,
) {
  for await (const packet of packets) {
    if (packet.startUs + packet.durationUs <= fromUs || packet.startUs >= toUs) continue;
    see(packet);
    yield packet;
  }
}

/** The door for all that has samples: a recorded track, or one that was cleaned, leveled and edited. */
async function writeSources(
  ffmpeg: FfmpegRunner,
  { track, session, origin, from, to, output, format, showTitle }: TrackOrder,
  sources: readonly SampleSource[],
  onShare: (share: number) => Promise<void>,
): Promise<void> {
  const sounding = sources
    .flatMap(({ regions }) => regions)
    .reduce((sum, [first, last]) => sum + last - first, 0);
  const breathe = (written: number) => onShare(written / sounding);
  const samples = to - from;
  if (format === 'wav') {
    const description = `${showTitle}, ${track.displayName}`;
    const originatorReference = session.sessionId.replaceAll('-', '');
    await writeWav(output, { samples, origin, description, originatorReference }, sources, breathe);
    return;
  }
  const rawPath = `${output}.s32`;
  await writeRaw32(rawPath, samples, sources, breathe);
  const speaker = { speaker: track.displayName, trackNumber: track.number };
  await ffmpeg.run(
    flacJob({ ...{ rawPath, output, origin, showTitle }, ...speaker, channels: sources.length }),
  );
  await unlink(rawPath);
}

/** By the header, which is what a program for sound goes by as well. */
async function requireLength(ffmpeg: FfmpegRunner, { output, from, to, track }: TrackOrder): Promise<void> {
  const { streams } = await ffmpeg.probe(output);
  const seconds = Number(streams[0]?.duration);
  if (Math.abs(seconds * SAMPLE_RATE_HZ - (to - from)) < 1) return;
  throw new RenderError(
    'unexpected',
    `The file of track ${track.number} is ${seconds} s long and should be ${(to - from) / SAMPLE_RATE_HZ} s.`,
  );
}

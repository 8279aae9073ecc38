/** The samples of a recorded track between two moments: decoded where it sounds, in files that are gone when it is closed. */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { readTrackPackets, type PlacedPacket, type RecordedTrack } from '../../../recorder/session/reader.ts';
import { writeCompactTrack } from '../compact-track.ts';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { decodeJob } from '../ffmpeg-jobs.ts';
import { usAt } from '../session-clock.ts';
import { openTrackAudio, type TrackAudio } from '../track-audio.ts';
import { sourceOf, type SampleSource } from './sample-source.ts';

export interface TrackPart {
  track: RecordedTrack;
  /** Samples of the session clock. */
  from: number;
  to: number;
  scratchFolder: string;
}

export interface OpenedTrack {
  /** One per channel. */
  sources: readonly SampleSource[];
  close: () => Promise<void>;
}

/** A second on each side is decoded along: what overlaps the edges is then as it is in the whole track. */
const MARGIN_US = 1_000_000;

export async function decodeTrack(
  ffmpeg: FfmpegRunner,
  { track, from, to, scratchFolder }: TrackPart,
): Promise<OpenedTrack> {
  const compactPath = path.join(scratchFolder, `${track.number}.compact.opus`);
  const [fromUs, toUs] = [usAt(from) - MARGIN_US, usAt(to) + MARGIN_US];
  const near = track.spurts.filter(({ startUs, endUs }) => endUs > fromUs && startUs < toUs);
  const packets = between(readTrackPackets({ ...track, spurts: near }), fromUs, toUs);
  // A microphone is one channel, however its owner's client sends it; a music bot's two are two.
  const compact = await writeCompactTrack(packets, compactPath, track.bot ? 2 : 1);
  const { runs, packets: sounding, stereo } = compact;
  const channels = sounding === 0 ? [] : track.bot && stereo ? STEREO_CHANNELS : ONE_CHANNEL;
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

const ONE_CHANNEL = [[]];
const STEREO_CHANNELS = [
  ['-af', 'pan=mono|c0=c0'],
  ['-af', 'pan=mono|c0=c1'],
];
const SILENT: SampleSource = { regions: [], addTo: () => undefined };

async function* between(packets: AsyncIterable<PlacedPacket>, fromUs: number, toUs: number) {
  for await (const packet of packets) {
    if (packet.startUs + packet.durationUs <= fromUs || packet.startUs >= toUs) continue;
    yield packet;
  }
}

/** Parts of a session's tracks, decoded and cleaned as a whole render would. */
import { unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readTrackPackets, type PlacedPacket, type RecordedTrack } from '../../recorder/session/reader.ts';
import { writeCompactTrack } from './compact-track.ts';
import { denoiseFilters, denoiserDelay } from './chain/denoise.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { decodeJob } from './ffmpeg-jobs.ts';
import type { LeveledTrack } from './leveling.ts';
import { inPool } from './pool.ts';
import type { Preset } from './preset.ts';
import { openTrackAudio, type TrackAudio } from './track-audio.ts';
import { throughChain } from './voices.ts';

/** Of the session clock. */
export interface SessionPart {
  startUs: number;
  endUs: number;
}

export interface PartialTrack {
  track: RecordedTrack;
  as: 'voice' | 'music';
  leveled: LeveledTrack;
  denoised: boolean;
}

export interface PartsOrder {
  tracks: readonly PartialTrack[];
  parts: readonly SessionPart[];
  preset: Preset;
  scratchFolder: string;
  breathe: () => Promise<void>;
}

/** In the order of the tracks; the caller closes what is answered. */
export async function decodeParts(
  ffmpeg: FfmpegRunner,
  { tracks, parts, preset, scratchFolder, breathe }: PartsOrder,
): Promise<{ audio: TrackAudio }[]> {
  // Beside the first decodings.
  const delay = tracks.some(({ denoised }) => denoised)
    ? denoiserDelay(ffmpeg, path.join(scratchFolder, 'delay.f32'))
    : Promise.resolve(0);
  const decoded = await inPool(tracks, availableParallelism(), async ({ track, as, leveled, denoised }) => {
    const compactPath = path.join(scratchFolder, `${track.number}.opus`);
    const rawPath = path.join(scratchFolder, `${track.number}.f32`);
    const { runs, packets } = await writeCompactTrack(packetsIn(track, parts), compactPath);
    const filters = denoised ? denoiseFilters(leveled.noiseLufs!, preset.voice.denoise!, await delay) : [];
    if (packets > 0) await ffmpeg.run(decodeJob(compactPath, rawPath, filters));
    await unlink(compactPath);
    if (packets === 0) return { audio: SILENT };
    const audio = openTrackAudio(rawPath, runs);
    if (as === 'voice') await throughChain({ track: { audio, rawPath }, leveled, preset, breathe });
    return { audio };
  });
  await delay;
  return decoded;
}

const SILENT: TrackAudio = {
  runs: [],
  addTo: () => undefined,
  soundsIn: () => false,
  close: () => undefined,
};

async function* packetsIn(track: RecordedTrack, parts: readonly SessionPart[]): AsyncGenerator<PlacedPacket> {
  const touches = (startUs: number, endUs: number) =>
    parts.some((part) => endUs > part.startUs && startUs < part.endUs);
  const spurts = track.spurts.filter(({ startUs, endUs }) => touches(startUs, endUs));
  for await (const packet of readTrackPackets({ ...track, spurts }))
    if (touches(packet.startUs, packet.startUs + packet.durationUs)) yield packet;
}

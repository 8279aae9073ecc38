/** Parts of a session's tracks, decoded and cleaned as a whole render would. */
import { unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readTrackPackets, type PlacedPacket, type RecordedTrack } from '../../recorder/session/reader.ts';
import { writeCompactTrack } from './compact-track.ts';
import { denoiseFilters } from './chain/denoise.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { decodeTogetherJob, type DecodeOrder } from './ffmpeg-jobs.ts';
import type { LeveledVoice } from './kept/leveled.ts';
import type { Run } from './placement.ts';
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
  channels: 1 | 2;
  /** As it was recorded. */
  recorded: LeveledVoice['recorded'];
  denoised: boolean;
}

export interface PartsOrder {
  tracks: readonly PartialTrack[];
  parts: readonly SessionPart[];
  preset: Preset;
  /** By which denoising delays. */
  delaySamples: number;
  scratchFolder: string;
  breathe: () => Promise<void>;
}

/** In the order of the tracks; the caller closes what is answered. */
export async function decodeParts(
  ffmpeg: FfmpegRunner,
  { tracks, parts, preset, scratchFolder, breathe, delaySamples }: PartsOrder,
): Promise<{ audio: TrackAudio }[]> {
  const written: (DecodeOrder & { runs: Run[]; denoised: boolean })[] = [];
  for (const { track, channels, recorded, denoised } of tracks) {
    const compactPath = path.join(scratchFolder, `${track.number}.opus`);
    const rawPath = path.join(scratchFolder, `${track.number}.f32`);
    const { runs } = await writeCompactTrack(packetsIn(track, parts), compactPath, channels);
    const filters = denoised ? denoiseFilters(recorded.noiseLufs!, preset.voice.denoise!, delaySamples) : [];
    written.push({ compactPath, rawPath, channels, filters, runs, denoised });
  }
  const sounding = written.filter(({ runs }) => runs.length > 0);
  const lanes = sounding.some(({ denoised }) => denoised) ? availableParallelism() : 1;
  const together = Array.from({ length: lanes }, (_, lane) =>
    sounding.filter((__, index) => index % lanes === lane),
  ).filter((each) => each.length > 0);
  await inPool(together, lanes, (each) => ffmpeg.run(decodeTogetherJob(each)));
  const decoded: { audio: TrackAudio }[] = [];
  for (const [index, { as, recorded }] of tracks.entries()) {
    const { compactPath, rawPath, runs, channels } = written[index]!;
    await unlink(compactPath);
    const audio = runs.length === 0 ? SILENT : openTrackAudio(rawPath, runs, channels);
    decoded.push({ audio });
    if (as === 'voice' && runs.length > 0)
      await throughChain({ track: { audio, rawPath }, leveled: recorded, preset, breathe });
  }
  return decoded;
}

const SILENT: TrackAudio = {
  runs: [],
  channels: 1,
  addTo: () => undefined,
  hear: () => undefined,
  close: () => undefined,
};

async function* packetsIn(track: RecordedTrack, parts: readonly SessionPart[]): AsyncGenerator<PlacedPacket> {
  const touches = (startUs: number, endUs: number) =>
    parts.some((part) => endUs > part.startUs && startUs < part.endUs);
  const spurts = track.spurts.filter(({ startUs, endUs }) => touches(startUs, endUs));
  for await (const packet of readTrackPackets({ ...track, spurts }))
    if (touches(packet.startUs, packet.startUs + packet.durationUs)) yield packet;
}

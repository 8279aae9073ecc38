/** From the tracks of a session to decoded, measured tracks: compacted, decoded by ffmpeg, their levels taken. */
import { stat, unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readTrackPackets, type RecordedSession, type RecordedTrack } from '../../recorder/session/reader.ts';
import { writeCompactTrack } from './compact-track.ts';
import type { Treatment } from './edits/treatment.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { decodeJob } from './ffmpeg-jobs.ts';
import type { TrackAnalysis } from './kept/analysis.ts';
import { collectAnalysis, keptAnalysis, keptFolder } from './kept/keep.ts';
import { trackLevels, type Levels } from './levels.ts';
import { createPeaks } from './peaks.ts';
import { writePeaks } from './peaks-file.ts';
import { inPool } from './pool.ts';
import type { Progress } from './progress.ts';
import { openTrackAudio, type TrackAudio } from './track-audio.ts';

export interface MixedTrack {
  track: RecordedTrack;
  as: Exclude<Treatment, 'left-out'>;
  audio: TrackAudio;
  /** What `audio` reads: raw samples in the scratch folder. */
  rawPath: string;
  /** By frames of 20 ms. */
  levels: Levels;
  packets: number;
  /** Packets that the index names and a damaged file does not hold. */
  unreadable: number;
  /** Of the recorded file. */
  trackBytes: number;
  /** Whether it was sent in two channels. */
  stereo: boolean;
  /** What an earlier render found out about the track. */
  kept: TrackAnalysis | undefined;
  /** What ffmpeg did not decode: 0 unless packets are damaged inside. */
  missingSamples: number;
}

export interface TracksOrder {
  engine: string;
  session: RecordedSession;
  tracks: readonly { track: RecordedTrack; as: MixedTrack['as'] }[];
  /** Length of the session. */
  samples: number;
  /** At most, of music: as many as the master has. */
  musicChannels: 1 | 2;
  scratchFolder: string;
  progress: Progress;
  breathe: () => Promise<void>;
}

/** Tracks without a packet of sound are left out. The caller closes the audio of what is answered. */
export async function readTracks(ffmpeg: FfmpegRunner, order: TracksOrder): Promise<MixedTrack[]> {
  const { engine, session, tracks, scratchFolder, progress, musicChannels } = order;
  let [decoded, measured] = [0, 0];
  const read = await inPool(tracks, availableParallelism(), async ({ track, as }) => {
    const compactPath = path.join(scratchFolder, `${track.number}.opus`);
    const rawPath = path.join(scratchFolder, `${track.number}.f32`);
    const most = as === 'music' ? musicChannels : 1;
    const compact = await writeCompactTrack(readTrackPackets(track), compactPath, most);
    const { runs, packets, stereo } = compact;
    const channels = channelsOf({ stereo }, as, musicChannels);
    if (packets > 0) await ffmpeg.run(decodeJob(compactPath, rawPath, channels));
    await unlink(compactPath);
    progress('decode', (decoded += 1) / tracks.length);
    const known = await keptAnalysis(session, track, engine);
    const kept = known?.channels === channels ? known : undefined;
    const { size: trackBytes } = await stat(track.opusPath);
    const figures = { engine, trackBytes, packets, stereo, channels, missingSamples: 0 };
    if (packets === 0) {
      await collectAnalysis(scratchFolder, track.number, { ...figures, levels: new Uint8Array(0) });
      return undefined;
    }
    const decodedBytes = (await stat(rawPath)).size;
    figures.missingSamples = compact.samples - decodedBytes / (channels * Float32Array.BYTES_PER_ELEMENT);
    const audio = openTrackAudio(rawPath, runs, channels);
    const levels = kept?.levels ?? (await measure(audio, track.number, order));
    if (kept === undefined) await collectAnalysis(scratchFolder, track.number, { ...figures, levels });
    progress('analyse', (measured += 1) / tracks.length);
    const unreadable = track.packets - compact.read;
    return { ...{ track, as, audio, rawPath, levels, kept, unreadable }, ...figures };
  });
  return read.filter((track) => track !== undefined);
}

/** A voice is one channel, however its owner's client sends it. */
export const channelsOf = (
  { stereo }: { stereo: boolean },
  as: MixedTrack['as'],
  musicChannels: 1 | 2,
): 1 | 2 => (as === 'music' && stereo ? musicChannels : 1);

/** The levels of a track, and, on the side, its outline for those who draw it. */
async function measure(
  audio: TrackAudio,
  track: number,
  { samples, scratchFolder, breathe }: TracksOrder,
): Promise<Levels> {
  const peaks = createPeaks(samples);
  const levels = await trackLevels(audio, samples, breathe, peaks.add);
  await writePeaks(keptFolder(scratchFolder, track), 'peaks', peaks.finish());
  return levels;
}

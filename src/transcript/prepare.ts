/** A track's chunks as files: speech found, long stretches cut where they are quietest, chunks planned and written. */
import { readFile, rm } from 'node:fs/promises';
import { readTrackPackets, type RecordedTrack } from '../../recorder/session/reader.ts';
import { FfmpegError, type FfmpegRunner } from '../mastering/ffmpeg.ts';
import { type ChunkAudio, CHUNK_RATE_HZ, samplesIn, wavJob, writeChunks } from './chunk-audio.ts';
import { ChunkError } from './chunk-error.ts';
import { chunkLengthUs, pieceAt, sessionUsAt } from './chunk-clock.ts';
import { cutAt, cutWindows, planChunks, TURNS } from './chunks.ts';
import type { Interval, Piece } from './model.ts';
import { quietestSample } from './quietest.ts';
import { speechIn } from './speech.ts';

export interface Workshop {
  ffmpeg: FfmpegRunner;
  /** Holds the chunks of every track for as long as they wait: at most as much as the tracks themselves. */
  scratchFolder: string;
}

/** A chunk and whose it is. */
export interface TrackChunk extends ChunkAudio {
  track: RecordedTrack;
}

/** None for a track without speech. */
export async function chunksOf(workshop: Workshop, track: RecordedTrack): Promise<TrackChunk[]> {
  const speech = await speechIn(readTrackPackets(track));
  const cuts: number[] = [];
  const windows = speech.flatMap(cutWindows).map((window) => [window]);
  for (const window of windows.length > 0 ? await written(workshop, track, windows, 'window') : []) {
    cuts.push(quietestUs(window.pieces, await decoded(workshop, window)));
    await rm(window.oggPath);
  }
  return written(workshop, track, planChunks(cutAt(speech, cuts)), 'chunk');
}

/** What is said in one breath each, for an endpoint that gives no times; undefined when the chunk is no longer than that. */
export async function turnsOf(workshop: Workshop, chunk: TrackChunk): Promise<TrackChunk[] | undefined> {
  const turns = planChunks(chunk.pieces, TURNS);
  return turns.length > 1
    ? written(workshop, chunk.track, turns, `turn-${chunk.sha256.slice(0, 16)}`)
    : undefined;
}

/** No more halving below this: the audio is not what is too large. */
const SHORTEST_HALF_US = 2_000_000;

/** Cut at the quietest moment of its middle third; undefined when the chunk is too short for that. */
export async function halvesOf(workshop: Workshop, chunk: TrackChunk): Promise<TrackChunk[] | undefined> {
  const { track, pieces, sha256 } = chunk;
  const lengthUs = chunkLengthUs(pieces);
  if (lengthUs < 2 * SHORTEST_HALF_US) return undefined;
  const cut = quietestUs(pieces, await decoded(workshop, chunk), lengthUs / 3, (2 * lengthUs) / 3);
  const parts = cutAt(pieces, [cut]);
  const halves: Interval[][] = [
    parts.filter(({ endUs }) => endUs <= cut),
    parts.filter(({ startUs }) => startUs >= cut),
  ];
  return written(workshop, track, halves, `half-${sha256.slice(0, 16)}`);
}

/** The chunk as a WAV file in memory, 17 MB at most; nothing stays on the disk. Throws ChunkError for damaged audio. */
export async function wavOf({ ffmpeg }: Workshop, { oggPath }: TrackChunk): Promise<Buffer<ArrayBuffer>> {
  const wavPath = `${oggPath}.wav`;
  try {
    await ffmpeg.run(wavJob(oggPath, wavPath));
    return await readFile(wavPath);
  } catch (cause) {
    if (!(cause instanceof FfmpegError)) throw cause;
    throw new ChunkError('ffmpeg could not decode it', { cause });
  } finally {
    await rm(wavPath, { force: true });
  }
}

const decoded = async (workshop: Workshop, chunk: TrackChunk) => samplesIn(await wavOf(workshop, chunk));

async function written(
  { scratchFolder }: Workshop,
  track: RecordedTrack,
  chunks: readonly (readonly Interval[])[],
  kind: string,
): Promise<TrackChunk[]> {
  const packets = readTrackPackets(track);
  const files = await writeChunks(packets, chunks, scratchFolder, `${track.number}-${kind}`);
  return files.map((file) => ({ ...file, track }));
}

/** On the session clock; looked for between two moments of the chunk. */
function quietestUs(pieces: readonly Piece[], samples: Int16Array, fromUs = 0, toUs = Infinity): number {
  const sampleAt = (us: number) => Math.min(samples.length, Math.round((us * CHUNK_RATE_HZ) / 1e6));
  const sample = quietestSample(samples, CHUNK_RATE_HZ, sampleAt(fromUs), sampleAt(toUs));
  const chunkUs = (sample * 1e6) / CHUNK_RATE_HZ;
  return sessionUsAt(pieces[pieceAt(pieces, chunkUs)]!, chunkUs);
}

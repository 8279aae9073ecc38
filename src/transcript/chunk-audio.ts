/** The audio of chunks: packets of a track copied out piece by piece, decoded by ffmpeg to what endpoints hear best. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import path from 'node:path';
import { isSilence, OPUS_RATE_HZ } from '../../recorder/ogg/reader.ts';
import type { PlacedPacket } from '../../recorder/session/reader.ts';
import { type CompactOggWriter, createCompactOgg } from '../mastering/compact-ogg.ts';
import { SILENCE_20_MS, SILENCE_SAMPLES } from '../mastering/compact-track.ts';
import type { FfmpegJob } from '../mastering/ffmpeg.ts';
import { jointUs } from './chunks.ts';
import type { Interval, Piece } from './model.ts';

export const CHUNK_RATE_HZ = 16_000;

/** A chunk as it can be sent: a file of Opus, and which of its times is which of the session's. */
export interface ChunkAudio {
  oggPath: string;
  /** In order; never empty. */
  pieces: Piece[];
  /** Hex: the same packets with the same pauses between them. */
  sha256: string;
}

const FRAME_US = (SILENCE_SAMPLES * 1e6) / OPUS_RATE_HZ;
const usOf = (samples: number) => Math.round((samples * 1e6) / OPUS_RATE_HZ);

/**
 * One file for each chunk, in one pass over the track: `chunks` are in order and share nothing. Pauses between pieces
 * are as chunks.ts says; what is missing within a piece is as long as it was.
 */
export async function writeChunks(
  packets: AsyncIterable<PlacedPacket>,
  chunks: readonly (readonly Interval[])[],
  folder: string,
  name: string,
): Promise<ChunkAudio[]> {
  const plan = chunks.flatMap((pieces, chunk) => pieces.map((piece) => ({ ...piece, chunk })));
  const written: Omit<ChunkAudio, 'sha256'>[] = [];
  let at = 0;
  let file: CompactOggWriter | undefined;
  let samples = 0;
  let openChunk = -1;
  let openPiece = -1;
  const write = async (opus: Uint8Array, length: number) => {
    await file!.write(opus, length);
    samples += length;
  };
  const silence = async (us: number) => {
    for (let frames = Math.round(us / FRAME_US); frames > 0; frames -= 1)
      await write(SILENCE_20_MS, SILENCE_SAMPLES);
  };
  try {
    for await (const { startUs, durationUs, opus } of packets) {
      if (isSilence(opus)) continue;
      // By its middle: the ends of a piece are the ends of packets, but for a cut in the midst of speech.
      const middle = startUs + durationUs / 2;
      while (at < plan.length && middle >= plan[at]!.endUs) at += 1;
      const wanted = plan[at];
      if (wanted === undefined) break;
      if (middle < wanted.startUs) continue;
      if (wanted.chunk !== openChunk) {
        await file?.end();
        const oggPath = path.join(folder, `${name}-${wanted.chunk}.opus`);
        file = await createCompactOgg(oggPath);
        [samples, openChunk, openPiece] = [0, wanted.chunk, -1];
        written.push({ oggPath, pieces: [] });
      }
      const { pieces } = written.at(-1)!;
      const last = pieces.at(-1);
      if (at !== openPiece) {
        // A frame of silence goes before all else: a decoder overlaps each frame with the one before.
        await silence(last === undefined ? FRAME_US : Math.max(FRAME_US, jointUs(last, wanted)));
        const chunkStartUs = usOf(samples);
        pieces.push({ startUs, endUs: startUs, chunkStartUs, chunkEndUs: chunkStartUs });
        openPiece = at;
      } else if (last !== undefined) await silence(startUs - last.endUs);
      await write(opus, Math.round((durationUs * OPUS_RATE_HZ) / 1e6));
      const piece = pieces.at(-1)!;
      piece.endUs = Math.round(startUs + durationUs);
      piece.chunkEndUs = usOf(samples);
    }
  } finally {
    await file?.end();
  }
  return Promise.all(
    written.map(async (chunk) => ({ ...chunk, sha256: sha256Of(await readFile(chunk.oggPath)) })),
  );
}

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** 16 kHz, one channel, 16 bit: what Whisper works on, 17 MB for 9 minutes. */
export const wavJob = (oggPath: string, wavPath: string): FfmpegJob => ({
  inputs: [
    {
      options: ['-hide_banner', '-nostdin', '-loglevel', 'info', '-threads', '1', '-f', 'ogg'],
      path: oggPath,
    },
  ],
  options: [
    ...['-map', '0:a:0', '-ac', '1', '-ar', String(CHUNK_RATE_HZ), '-c:a', 'pcm_s16le'],
    ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'wav'],
  ],
  output: wavPath,
});

/** The samples of a WAV file of 16 bit: its `data` chunk (RIFF), wherever that begins. */
export function samplesIn(wav: Buffer): Int16Array {
  for (let at = 12; at + 8 <= wav.length;) {
    const size = wav.readUInt32LE(at + 4);
    if (wav.toString('latin1', at, at + 4) === 'data') {
      // A copy, because samples must begin at an even address.
      const length = Math.min(size, wav.length - at - 8) & ~1;
      const bytes = Buffer.from(Uint8Array.from(wav.subarray(at + 8, at + 8 + length)).buffer);
      return new Int16Array((endianness() === 'LE' ? bytes : bytes.swap16()).buffer);
    }
    at += 8 + size + (size & 1);
  }
  return new Int16Array();
}

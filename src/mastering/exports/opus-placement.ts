/**
 * How far the packets of a recorded Opus file stand from when they were said. A file holds the very packets and silence
 * between them: a clock that runs fast gives more sound than time has passed, and until its speaker pauses nothing can be
 * left out for it. The index knows the moment; decoded tracks are placed by it.
 */
import { open } from 'node:fs/promises';
import { OggPageReader, OPUS_RATE_HZ, opusPacketSamples } from '../../../recorder/ogg/reader.ts';
import type { RecordedTrack, Spurt } from '../../../recorder/session/reader.ts';

/** Half the grid that files are aligned to: no file is said to be better than that. */
export const GRID_HALF_US = 1_250;

/** The worst of all packets, either way, in microseconds. Within a run the distance changes evenly: its ends tell. */
export async function worstInOpusUs({
  opusPath,
  spurts,
}: Pick<RecordedTrack, 'opusPath' | 'spurts'>): Promise<number> {
  if (spurts.length === 0) return GRID_HALF_US;
  const file = await open(opusPath, 'r');
  try {
    const reader = new OggPageReader(file);
    let worstUs = GRID_HALF_US;
    for (const spurt of spurts) {
      const inFile = await runInFile(reader, spurt);
      if (inFile === undefined) continue;
      const distances = [inFile.startUs - spurt.startUs, inFile.endUs - spurt.endUs];
      worstUs = Math.max(worstUs, ...distances.map(Math.abs));
    }
    return worstUs;
  } finally {
    await file.close();
  }
}

/** `1.3 ms`, rounded up. */
export const millisecondsOf = (us: number): string => `${(Math.ceil(us / 100) / 10).toFixed(1)} ms`;

/** Undefined where the file is damaged: what is missing has no place. */
async function runInFile(
  reader: OggPageReader,
  { byteOffset, packets }: Spurt,
): Promise<{ startUs: number; endUs: number } | undefined> {
  reader.seek(byteOffset);
  let start: number | undefined;
  let samples = 0;
  for (let count = 0; count < packets;) {
    const page = (await reader.next())?.page;
    if (page === undefined) return undefined;
    const lengths = page.packets.map((packet) => opusPacketSamples(packet) ?? 0);
    start ??= page.granule - lengths.reduce((sum, each) => sum + each, 0);
    for (const length of lengths.slice(0, packets - count)) samples += length;
    count += lengths.length;
  }
  const usOf = (position: number) => (position * 1e6) / OPUS_RATE_HZ;
  return start === undefined ? undefined : { startUs: usOf(start), endUs: usOf(start + samples) };
}

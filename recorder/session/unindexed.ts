/** Finds speech that stands in a track file but not in its index, where a power cut kept the one and lost the other. */
import { isFill, opusPacketSamples } from '../ogg/opus-packet.ts';
import { readOggPages } from '../ogg/reader.ts';
import type { Spurt } from './model.ts';

/** 48 kHz in microseconds. */
const SAMPLE_US = 125 / 6;
/** OpusHead and OpusTags. */
const HEADER_PAGES = 2;

/**
 * The runs of an index with those that it misses. They are placed where the file has them, within 1.25 ms of where they
 * were: pages keep fill and speech apart, and their granule positions count samples since the session's start.
 */
export async function withUnindexed(opusPath: string, indexed: readonly Spurt[]): Promise<Spurt[]> {
  const spurts = indexed.map((spurt) => ({ ...spurt }));
  const lastOffset = spurts.at(-1)?.byteOffset ?? 0;
  let indexedLeft = spurts.at(-1)?.packets ?? 0;
  let open = spurts.at(-1);
  for await (const { page, byteOffset } of readOggPages(opusPath, lastOffset)) {
    if (page.sequence < HEADER_PAGES) continue;
    const fresh = page.packets.slice(indexedLeft);
    indexedLeft -= page.packets.length - fresh.length;
    if (fresh.length === 0) continue;
    if (fresh.every((packet) => isFill(packet))) {
      open = undefined;
      continue;
    }
    const audioUs = fresh.reduce((sum, packet) => sum + (opusPacketSamples(packet) ?? 0), 0) * SAMPLE_US;
    if (open === undefined) {
      const startUs = Math.round(page.granule * SAMPLE_US - audioUs);
      open = { startUs, endUs: startUs, packets: 0, byteOffset };
      spurts.push(open);
    }
    open.endUs = Math.round(open.endUs + audioUs);
    open.packets += fresh.length;
  }
  return spurts;
}

/** Where a speaker's Opus packets come from, and how long each lasts. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import prism from 'prism-media';

/** What a client sends five times after a spurt (Discord, voice connections, "Voice Data Interpolation"). */
export const SILENCE_FRAME: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

const SILK_MS = [10, 20, 40, 60] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;

/** Duration of an Opus packet in 48 kHz samples, read from its TOC (RFC 6716 section 3.1). Throws on an empty one. */
export function opusSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) throw new RangeError('An Opus packet cannot be empty.');
  const config = toc >> 3;
  const frameMs =
    config < 12 ? SILK_MS[config & 3]! : config < 16 ? (config & 1 ? 20 : 10) : CELT_MS[config & 3]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
  return frameMs * 48 * frames;
}

/** The Opus packets of an Ogg Opus file, in order. Rejects when the file is missing or not Ogg Opus. */
export async function readOggOpus(path: string): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  await pipeline(
    createReadStream(path),
    new prism.opus.OggDemuxer(),
    async (demuxed: AsyncIterable<Uint8Array>) => {
      for await (const packet of demuxed) packets.push(Uint8Array.from(packet));
    },
  );
  if (packets.length === 0) throw new Error(`${path} holds no Opus packets. Give an Ogg Opus file.`);
  return packets;
}

/** Writes a throw-away Ogg Opus file for ffmpeg: speech packets one after another, no silence, no pre-skip. */
import { open } from 'node:fs/promises';

const PAGE_SEGMENTS = 255;
const LAST_PAGE = 4;
const FIRST_PAGE = 2;

/** CRC-32 of RFC 3533: polynomial 0x04c11db7, not reflected, starting at 0. */
const crcTable = (): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    return value >>> 0;
  });

/** OpusHead and OpusTags (RFC 7845 section 5): mono, since every voice is mixed as mono; pre-skip 0, placed by the plan. */
function headers(): [Buffer, Buffer] {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head[8] = 1;
  head[9] = 1;
  head.writeUInt32LE(48_000, 12);
  const tags = Buffer.alloc(16);
  tags.write('OpusTags', 'latin1');
  return [head, tags];
}

export interface CompactOggWriter {
  /** Packets in order, each with the samples that it decodes to. */
  write: (opus: Uint8Array, samples: number) => Promise<void>;
  /** Writes what is left and closes the file; also to be called after a failure. */
  end: () => Promise<void>;
}

export async function createCompactOgg(path: string): Promise<CompactOggWriter> {
  const file = await open(path, 'w');
  const table = crcTable();
  let sequence = 0;
  let samples = 0;
  let lacing: number[] = [];
  let body: Uint8Array[] = [];

  const writePage = async (flags: number) => {
    const page = Buffer.concat([Buffer.alloc(27), Uint8Array.from(lacing), ...body]);
    page.write('OggS', 'latin1');
    page[5] = flags;
    page.writeBigUInt64LE(BigInt(samples), 6);
    page.writeUInt32LE(1, 14);
    page.writeUInt32LE(sequence, 18);
    page[26] = lacing.length;
    let crc = 0;
    for (const byte of page) crc = ((crc << 8) ^ table[(crc >>> 24) ^ byte]!) >>> 0;
    page.writeUInt32LE(crc, 22);
    sequence += 1;
    lacing = [];
    body = [];
    await file.write(page);
  };
  const append = async (packet: Uint8Array) => {
    const segments = Math.floor(packet.length / 255) + 1;
    if (lacing.length + segments > PAGE_SEGMENTS) await writePage(0);
    for (let left = packet.length; left >= 255; left -= 255) lacing.push(255);
    lacing.push(packet.length % 255);
    body.push(packet);
  };

  const [head, tags] = headers();
  await append(head);
  await writePage(FIRST_PAGE);
  await append(tags);
  await writePage(0);
  return {
    async write(opus, packetSamples) {
      await append(opus);
      samples += packetSamples;
    },
    async end() {
      try {
        await writePage(LAST_PAGE);
      } finally {
        await file.close();
      }
    },
  };
}

/** Reads Ogg Opus files page by page and packet by packet; a tail that a crash cut short is where reading stops. */
import { type FileHandle, open } from 'node:fs/promises';
import { decodeOpusHead } from './opus-headers.ts';
import { opusPacketSamples } from './opus-packet.ts';
import { CONTINUED, decodePage, LAST_PAGE, type Page } from './page.ts';

export { PRE_SKIP_SAMPLES } from './opus-headers.ts';
export { isSilence, OPUS_RATE_HZ, opusPacketSamples } from './opus-packet.ts';

/** About 8 s of one speaker at 64 kbit/s; a page has 65,307 bytes at most. */
const CHUNK_BYTES = 64 * 1024;
/** What every page begins with (RFC 3533 section 6). */
const CAPTURE_PATTERN = 'OggS';

export interface PageAt {
  page: Page;
  byteOffset: number;
}

/** The file is no Ogg Opus stream that we can read. */
export class NotOpusError extends Error {
  override readonly name = 'NotOpusError';
}

/** Walks the pages of an open file; jumps that stay within what was read cost nothing. */
export class OggPageReader {
  private readonly file: FileHandle;
  private bytes: Buffer = Buffer.alloc(0);
  private bytesOffset = 0;
  private at = 0;

  constructor(file: FileHandle) {
    this.file = file;
  }

  /** Goes on at `byteOffset`, which must be the start of a page. */
  seek(byteOffset: number): void {
    const at = byteOffset - this.bytesOffset;
    const within = at >= 0 && at <= this.bytes.length;
    if (!within) {
      this.bytes = Buffer.alloc(0);
      this.bytesOffset = byteOffset;
    }
    this.at = within ? at : 0;
  }

  /** The next page that is whole and has the right checksum, or null where there is none. */
  async next(): Promise<PageAt | null> {
    for (;;) {
      const page = decodePage(this.bytes, this.at);
      if (page === 'broken') return null;
      if (page === 'short') {
        if (await this.readOn()) continue;
        return null;
      }
      const byteOffset = this.bytesOffset + this.at;
      this.at += page.bytes;
      return { page, byteOffset };
    }
  }

  /** Where `next` found no whole page: the first one after it that begins before `untilOffset`, or null. */
  async nextAfterDamage(untilOffset: number): Promise<PageAt | null> {
    while (this.bytesOffset + this.at < untilOffset) {
      const found = this.bytes.indexOf(CAPTURE_PATTERN, this.at + 1, 'latin1');
      if (found >= 0) {
        this.at = found;
        const next = this.bytesOffset + found < untilOffset ? await this.next() : null;
        if (next !== null) return next;
        continue;
      }
      this.at = Math.max(this.at, this.bytes.length - CAPTURE_PATTERN.length);
      if (!(await this.readOn())) return null;
    }
    return null;
  }

  private async readOn(): Promise<boolean> {
    const rest = this.bytes.subarray(this.at);
    // A fresh buffer each time: the packets given out are views into it.
    const chunk = Buffer.allocUnsafe(rest.length + CHUNK_BYTES);
    rest.copy(chunk);
    const restOffset = this.bytesOffset + this.at;
    const { bytesRead } = await this.file.read(chunk, rest.length, CHUNK_BYTES, restOffset + rest.length);
    this.bytes = chunk.subarray(0, rest.length + bytesRead);
    this.bytesOffset = restOffset;
    this.at = 0;
    return bytesRead > 0;
  }
}

/**
 * The pages of a file from `byteOffset` on (the start of a page), whole and with the right checksum; it ends at the
 * first that is not, whatever follows.
 * @throws the file system's error when the file cannot be opened or read.
 */
export async function* readOggPages(path: string, byteOffset = 0): AsyncGenerator<PageAt> {
  const file = await open(path, 'r');
  try {
    const reader = new OggPageReader(file);
    reader.seek(byteOffset);
    for (let next = await reader.next(); next !== null; next = await reader.next()) yield next;
  } finally {
    await file.close();
  }
}

export interface OpusPacket {
  opus: Uint8Array;
  /** Length at 48 kHz. */
  samples: number;
  /** Samples of all packets before it, pre-skip included: in a track, samples since the session's start. */
  startSamples: number;
}

/**
 * Every audio packet of an Ogg Opus file by any writer, fill included, placed by counting what came before it.
 * Packets that break RFC 6716 are left out.
 * @throws NotOpusError when the file does not begin with an OpusHead.
 */
export async function* readOpusPackets(path: string): AsyncGenerator<OpusPacket> {
  let headers = 0;
  let startSamples = 0;
  for await (const opus of readPackets(path)) {
    if (headers === 0 && decodeOpusHead(opus) === null)
      throw new NotOpusError(`${path} does not begin with the header of an Ogg Opus stream`);
    if (headers++ < 2) continue;
    const samples = opusPacketSamples(opus);
    if (samples === null) continue;
    yield { opus, samples, startSamples };
    startSamples += samples;
  }
  if (headers === 0) throw new NotOpusError(`${path} holds no Ogg page`);
}

/** Packets in order, put together where other writers let them span pages. */
async function* readPackets(path: string): AsyncGenerator<Uint8Array> {
  let open: Uint8Array | null = null;
  for await (const { page } of readOggPages(path)) {
    for (const [index, part] of page.packets.entries()) {
      const continues = index === 0 && (page.flags & CONTINUED) !== 0;
      const packet: Uint8Array = continues && open !== null ? Buffer.concat([open, part]) : part;
      open = page.unfinished && index === page.packets.length - 1 ? packet : null;
      if (open === null) yield packet;
    }
  }
}

export interface OpusFileEnd {
  /** Bytes of whole pages from the file's start: where a cut-short file is repaired, and where writing goes on. */
  wholeBytes: number;
  /** Granule position of the last page: samples since the session's start. */
  samples: number;
  pages: number;
  serial: number;
  /** Whether the last page says so (a sealed track). */
  ended: boolean;
}

/** Walks a file, from a page that is known to be good when one is, and says where its good part ends. */
export async function findOpusEnd(path: string, goodByteOffset = 0): Promise<OpusFileEnd> {
  const end: OpusFileEnd = { wholeBytes: goodByteOffset, samples: 0, pages: 0, serial: 0, ended: false };
  for await (const { page, byteOffset } of readOggPages(path, goodByteOffset)) {
    end.wholeBytes = byteOffset + page.bytes;
    end.samples = page.granule;
    end.pages = page.sequence + 1;
    end.serial = page.serial;
    end.ended = (page.flags & LAST_PAGE) !== 0;
  }
  return end;
}

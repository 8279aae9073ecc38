/** Writes packets one after another into an Ogg Opus file: speech alone for ffmpeg to decode, or a piece of a track. */
import { open } from 'node:fs/promises';
import { encodePage, FIRST_PAGE, LAST_PAGE, MAX_SEGMENTS, segmentsOf } from '../../recorder/ogg/page.ts';

export interface StreamShape {
  channels: 1 | 2;
  /** Left out by players from the start. */
  preSkipSamples: number;
}

/** OpusHead and OpusTags (RFC 7845 section 5). */
function headers({ channels, preSkipSamples }: StreamShape): [Buffer, Buffer] {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head[8] = 1;
  head[9] = channels;
  head.writeUInt16LE(preSkipSamples, 10);
  head.writeUInt32LE(48_000, 12);
  const tags = Buffer.alloc(16);
  tags.write('OpusTags', 'latin1');
  return [head, tags];
}

export interface CompactOggWriter {
  /** Packets in order, each with the samples that it decodes to. */
  write: (opus: Uint8Array, samples: number) => Promise<void>;
  /**
   * Writes what is left and closes the file; also to be called after a failure. Players leave out what goes beyond
   * `samples`, which count from the first packet's start.
   */
  end: (samples?: number) => Promise<void>;
}

/** A voice is mixed as mono, and placed by a plan. */
const PLANNED_VOICE: StreamShape = { channels: 1, preSkipSamples: 0 };

export async function createCompactOgg(
  path: string,
  shape: StreamShape = PLANNED_VOICE,
): Promise<CompactOggWriter> {
  const file = await open(path, 'w');
  let sequence = 0;
  let granule = 0;
  let segments = 0;
  let waiting: Uint8Array[] = [];

  const writePage = async (flags: number, packets: readonly Uint8Array[]) => {
    await file.write(encodePage({ flags, granule, serial: 1, sequence }, packets));
    sequence += 1;
  };
  const [head, tags] = headers(shape);
  await writePage(FIRST_PAGE, [head]);
  await writePage(0, [tags]);
  return {
    async write(opus, samples) {
      if (segments + segmentsOf(opus) > MAX_SEGMENTS) {
        await writePage(0, waiting);
        [segments, waiting] = [0, []];
      }
      segments += segmentsOf(opus);
      waiting.push(opus);
      granule += samples;
    },
    async end(samples = granule) {
      granule = samples;
      try {
        await writePage(LAST_PAGE, waiting);
      } finally {
        await file.close();
      }
    },
  };
}

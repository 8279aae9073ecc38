/** Writes a throw-away Ogg Opus file for ffmpeg: speech packets one after another, no silence, no pre-skip. */
import { open } from 'node:fs/promises';
import { encodePage, FIRST_PAGE, LAST_PAGE, MAX_SEGMENTS, segmentsOf } from '../../recorder/ogg/page.ts';

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
  let sequence = 0;
  let granule = 0;
  let segments = 0;
  let waiting: Uint8Array[] = [];

  const writePage = async (flags: number, packets: readonly Uint8Array[]) => {
    await file.write(encodePage({ flags, granule, serial: 1, sequence }, packets));
    sequence += 1;
  };
  const [head, tags] = headers();
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
    async end() {
      try {
        await writePage(LAST_PAGE, waiting);
      } finally {
        await file.close();
      }
    },
  };
}

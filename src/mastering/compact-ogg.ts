/** Writes packets one after another into an Ogg Opus file: speech alone for ffmpeg to decode, or a piece of a track. */
import { open } from 'node:fs/promises';
import { encodeOpusHead, encodeOpusTags, type OpusShape } from '../../recorder/ogg/opus-headers.ts';
import { encodePage, FIRST_PAGE, LAST_PAGE, MAX_SEGMENTS, segmentsOf } from '../../recorder/ogg/page.ts';

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
const PLANNED_VOICE: OpusShape = { channels: 1, preSkipSamples: 0 };

export async function createCompactOgg(
  path: string,
  shape: OpusShape = PLANNED_VOICE,
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
  await writePage(FIRST_PAGE, [encodeOpusHead(shape)]);
  await writePage(0, [encodeOpusTags()]);
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

/** Lays Opus packets into the pages of one Ogg Opus stream. Pure: bytes come back, the caller writes them. */
import { encodeOpusHead, encodeOpusTags } from './opus-headers.ts';
import { GRID_SAMPLES, SILENCE_20_MS, SILENCE_2_5_MS } from './opus-packet.ts';
import { encodePage, FIRST_PAGE, LAST_PAGE, MAX_SEGMENTS, segmentsOf } from './page.ts';
import { SILENCE_PAGE_SAMPLES, silencePages, type SilencePlace } from './silence-page.ts';

export { SILENCE_PAGE_SAMPLES } from './silence-page.ts';

/** Samples of one `f8 ff fe`. */
const FRAME_SAMPLES = 960;
export interface OpusWriterState {
  /** Where the next packet begins: samples since the session's start. */
  samples: number;
  /** Sequence number of the next page. */
  pageSequence: number;
}

/** Pages of silence in one piece. */
export interface Fill {
  pages: number;
  bytes: Buffer;
  /** All of them are full, and can be made again from this. */
  place: SilencePlace | undefined;
}

/**
 * One logical stream. Granule 0 is the start of the session. A packet never spans pages, and pages of fill and of
 * packets that came in are kept apart, so that a run of packets can be found by the offset of its first page.
 * `resumeAt` goes on after the pages of an earlier writer.
 */
export class OpusWriter {
  private readonly serial: number;
  private pageSequence: number;
  private endSamples: number;
  private packets: Uint8Array[] = [];
  private segments = 0;

  constructor(serial: number, resumeAt?: OpusWriterState) {
    this.serial = serial;
    this.pageSequence = resumeAt?.pageSequence ?? 0;
    this.endSamples = resumeAt?.samples ?? 0;
  }

  /** Where the next packet begins, in samples since the session's start. */
  get samples(): number {
    return this.endSamples;
  }

  /** Whether packets wait for their page. */
  get waiting(): boolean {
    return this.packets.length > 0;
  }

  /** The two header pages, each alone on its page (RFC 7845 section 3). */
  headers(): Buffer {
    const head = this.page(FIRST_PAGE, [encodeOpusHead()], 0);
    return Buffer.concat([head, this.page(0, [encodeOpusTags()], 0)]);
  }

  /** Adds a valid packet; gives back the page that had to go out to make room, if any. */
  add(packet: Uint8Array, samples: number): Buffer | null {
    const segments = segmentsOf(packet);
    const full = this.segments + segments > MAX_SEGMENTS ? this.flush() : null;
    this.packets.push(packet);
    this.segments += segments;
    this.endSamples += samples;
    return full;
  }

  /** The page of the packets that wait, or null when there are none. */
  flush(): Buffer | null {
    if (this.packets.length === 0) return null;
    const page = this.page(0, this.packets, this.endSamples);
    this.packets = [];
    this.segments = 0;
    return page;
  }

  /**
   * Silence up to `toSamples` (a multiple of 2.5 ms away), at most `maxPages` pages of it: 20 ms packets as far as
   * they go, then 2.5 ms steps up to where the speech begins. Flush first. The silence is packets and never a jump
   * of the granule position, because every decoder tried closes such a jump up.
   */
  fill(toSamples: number, maxPages: number): Fill[] {
    const fills: Fill[] = [];
    const missing = toSamples - this.endSamples;
    const pages = Math.min(Math.floor(missing / SILENCE_PAGE_SAMPLES), maxPages);
    if (pages > 0) {
      const place = { samples: this.endSamples, sequence: this.pageSequence };
      this.endSamples += pages * SILENCE_PAGE_SAMPLES;
      this.pageSequence += pages;
      fills.push({ pages, bytes: silencePages(this.serial, place, pages), place });
    }
    const rest = toSamples - this.endSamples;
    if (pages >= maxPages || rest < GRID_SAMPLES) return fills;
    const silence = silenceOf(rest);
    this.endSamples += silence.samples;
    fills.push({ pages: 1, bytes: this.page(0, silence.packets, this.endSamples), place: undefined });
    return fills;
  }

  /** The last page: silence up to `toSamples`, and at least one packet of it, because an empty page would be odd. */
  end(toSamples: number): Buffer {
    const silence = silenceOf(Math.max(toSamples - this.endSamples, GRID_SAMPLES));
    this.endSamples += silence.samples;
    return this.page(LAST_PAGE, silence.packets, this.endSamples);
  }

  private page(flags: number, packets: readonly Uint8Array[], granule: number): Buffer {
    return encodePage({ flags, granule, serial: this.serial, sequence: this.pageSequence++ }, packets);
  }
}

function silenceOf(samples: number): { packets: Uint8Array[]; samples: number } {
  const frames = Math.floor(samples / FRAME_SAMPLES);
  const steps = Math.floor((samples - frames * FRAME_SAMPLES) / GRID_SAMPLES);
  const packets = [
    ...new Array<Uint8Array>(frames).fill(SILENCE_20_MS),
    ...new Array<Uint8Array>(steps).fill(SILENCE_2_5_MS),
  ];
  return { packets, samples: frames * FRAME_SAMPLES + steps * GRID_SAMPLES };
}

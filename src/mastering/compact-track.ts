/** Turns a recorded track into a file that ffmpeg decodes without a second of silence, and says where its audio belongs. */
import { isSilence } from '../../recorder/ogg/reader.ts';
import type { PlacedPacket } from '../../recorder/session/reader.ts';
import { createCompactOgg } from './compact-ogg.ts';
import { continues, createRunBuilder, type CompactPacket, type Run } from './placement.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

/** Discord's own frame of silence: 20 ms, CELT fullband, mono. */
export const SILENCE_20_MS = Uint8Array.of(0xf8, 0xff, 0xfe);
export const SILENCE_SAMPLES = 960;
/**
 * A decoder overlaps each frame with the one before. A frame of silence before each run stands for the real silence (or
 * hole) there: with it the decoded run equals that of the whole track, sample for sample (tests/mastering).
 */
const LEAD_IN_FRAMES = 1;

export interface CompactTrack {
  /** By their place on the session clock; they overlap only where the index does. */
  runs: Run[];
  /** With sound in them. */
  packets: number;
  /** Silent ones too. */
  read: number;
  /** Samples that the compact file decodes to. */
  samples: number;
  /** Whether any packet holds two channels. */
  stereo: boolean;
}

/** RFC 6716 section 3.1, bit `s` of the table of contents. */
const STEREO = 0x04;

/** With two channels, stereo packets decode to two; with one they are mixed down by the decoder. */
export async function writeCompactTrack(
  packets: AsyncIterable<PlacedPacket>,
  path: string,
  channels: 1 | 2 = 1,
): Promise<CompactTrack> {
  const file = await createCompactOgg(path, { channels, preSkipSamples: 0 });
  const builder = createRunBuilder();
  let samples = 0;
  let stereo = false;
  let [count, read] = [0, 0];
  let last: CompactPacket | undefined;
  try {
    for await (const { startUs, durationUs, opus } of packets) {
      read += 1;
      if (isSilence(opus)) continue;
      if (last === undefined || !continues(last, startUs))
        for (let frame = 0; frame < LEAD_IN_FRAMES; frame += 1) {
          await file.write(SILENCE_20_MS, SILENCE_SAMPLES);
          samples += SILENCE_SAMPLES;
        }
      last = { startUs, samples: Math.round((durationUs * SAMPLE_RATE_HZ) / 1_000_000), from: samples };
      builder.add(last);
      stereo ||= (opus[0]! & STEREO) !== 0;
      await file.write(opus, last.samples);
      samples += last.samples;
      count += 1;
    }
  } finally {
    await file.end();
  }
  const runs = builder.finish().sort((a, b) => a.at - b.at);
  return { runs, packets: count, read, samples, stereo };
}

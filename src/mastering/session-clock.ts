/** Samples and microseconds: all of mastering runs at 48 kHz on the session clock. */
import { OPUS_RATE_HZ } from '../../recorder/ogg/reader.ts';

export const SAMPLE_RATE_HZ = OPUS_RATE_HZ;

/** The sample nearest to a moment of the session clock. */
export const samplesAt = (us: number): number => Math.round((us * SAMPLE_RATE_HZ) / 1_000_000);

export const usAt = (samples: number): number => Math.round((samples * 1_000_000) / SAMPLE_RATE_HZ);

/** How much room on the disk an export takes, before it begins. Pure. */
import type { RecordedTrack } from '../../../recorder/session/reader.ts';
import { samplesAt } from '../session-clock.ts';
import { BYTES_PER_SAMPLE } from './bwf.ts';
import type { ExportFormat } from './request.ts';

const BYTES_PER_DECODED_SAMPLE = Float32Array.BYTES_PER_ELEMENT;
const BYTES_PER_RAW_SAMPLE = Int32Array.BYTES_PER_ELEMENT;
/** Discord's voices have 64 kbit/s, boosted servers' up to 384 (docs, "Voice Connections"; Guild premium tiers). */
const OPUS_BYTES_PER_S = 48_000;
/** Silence in Opus is 3 bytes and one of lacing each 20 ms, in FLAC 150 bytes a second and less. */
const SILENCE_BYTES_PER_S = 200;

/**
 * At most. Silence in WAV files is holes, which take no room where a file system knows them (all that Linux and macOS
 * install on, and NTFS); what is decoded stands on the disk for so many tracks at once.
 */
export function neededBytes(
  format: ExportFormat,
  tracks: readonly Pick<RecordedTrack, 'spurts'>[],
  { fromUs, toUs, width }: { fromUs: number; toUs: number; width: number },
): number {
  const sounding = tracks.map(({ spurts }) =>
    spurts.reduce(
      (sum, { startUs, endUs }) => sum + Math.max(0, Math.min(endUs, toUs) - Math.max(startUs, fromUs)),
      0,
    ),
  );
  const inAllUs = sounding.reduce((sum, us) => sum + us, 0);
  const silence = (tracks.length * (toUs - fromUs) * SILENCE_BYTES_PER_S) / 1e6;
  if (format === 'opus') return Math.ceil((inAllUs * OPUS_BYTES_PER_S) / 1e6 + silence);
  const atOnceUs = [...sounding]
    .sort((a, b) => b - a)
    .slice(0, width)
    .reduce((sum, us) => sum + us, 0);
  const bytesAtOnce = BYTES_PER_DECODED_SAMPLE + (format === 'flac' ? BYTES_PER_RAW_SAMPLE : 0);
  return Math.ceil(samplesAt(inAllUs) * BYTES_PER_SAMPLE + samplesAt(atOnceUs) * bytesAtOnce + silence);
}

/** How much room on the disk an export takes, before it begins. Pure. */
import type { RecordedTrack } from '../../../recorder/session/reader.ts';
import { preparedBytes, secondsOf } from '../render-room.ts';
import type { ParsedRequest } from '../request.ts';
import { samplesAt } from '../session-clock.ts';
import { BYTES_PER_SAMPLE } from './bwf.ts';
import type { ExportFormat } from './request.ts';

const BYTES_PER_DECODED_SAMPLE = Float32Array.BYTES_PER_ELEMENT;
const BYTES_PER_RAW_SAMPLE = Int32Array.BYTES_PER_ELEMENT;
/** Discord's voices have 64 kbit/s, boosted servers' up to 384 (docs, "Voice Connections"; Guild premium tiers). */
const OPUS_BYTES_PER_S = 48_000;
/** Silence in Opus is 3 bytes and one of lacing each 20 ms, in FLAC 150 bytes a second and less. */
const SILENCE_BYTES_PER_S = 200;

export type SoundingTrack = Pick<RecordedTrack, 'spurts'> & Partial<Pick<RecordedTrack, 'bot'>>;

export interface Part {
  fromUs: number;
  toUs: number;
  /** So many tracks stand decoded on the disk at once. */
  width: number;
}

/**
 * At most. Silence in WAV files is holes, which take no room where a file system knows them (all that Linux and macOS
 * install on, and NTFS); what is decoded stands on the disk for so many tracks at once.
 */
export function neededBytes(format: ExportFormat, tracks: readonly SoundingTrack[], part: Part): number {
  const { all, atOnce } = soundingUs(tracks, part, format === 'opus' ? 1 : 2);
  const silence = silenceBytes(tracks.length, part.toUs - part.fromUs);
  if (format === 'opus') return Math.ceil((all * OPUS_BYTES_PER_S) / 1e6 + silence);
  const decoded = samplesAt(atOnce) * BYTES_PER_DECODED_SAMPLE;
  return Math.ceil(samplesAt(all) * BYTES_PER_SAMPLE + decoded + rawBytes(format, atOnce) + silence);
}

export interface StemsOrder {
  format: ExportFormat;
  session: { durationUs: number; tracks: readonly SoundingTrack[] };
  request: { furniture?: ParsedRequest['furniture'] };
  /** So many stems are written at once. */
  width: number;
}

/** At most, of stems: all that a master is prepared from, every stem, and one more of the show's sounds. */
export function stemBytes({ format, session, request, width }: StemsOrder): number {
  const { durationUs, tracks } = session;
  const { all, atOnce } = soundingUs(tracks, { fromUs: 0, toUs: durationUs, width }, 2);
  const { intro, outro, bed } = secondsOf(request);
  const masterUs = durationUs + (intro + outro) * 1e6;
  const soundsUs = 2 * (bed > 0 ? masterUs : (intro + outro) * 1e6);
  return Math.ceil(
    preparedBytes({ session, request }) +
      samplesAt(all + soundsUs) * BYTES_PER_SAMPLE +
      rawBytes(format, atOnce + soundsUs) +
      silenceBytes(tracks.length + 1, masterUs),
  );
}

/** Of all tracks, and of the longest; what a bot sends may be two channels. */
function soundingUs(tracks: readonly SoundingTrack[], { fromUs, toUs, width }: Part, channels: 1 | 2) {
  const each = tracks.map(
    ({ spurts, bot = false }) =>
      (bot ? channels : 1) *
      spurts.reduce(
        (sum, { startUs, endUs }) => sum + Math.max(0, Math.min(endUs, toUs) - Math.max(startUs, fromUs)),
        0,
      ),
  );
  const sum = (some: readonly number[]) => some.reduce((total, us) => total + us, 0);
  return { all: sum(each), atOnce: sum([...each].sort((a, b) => b - a).slice(0, width)) };
}

/** What a FLAC is made from stands beside it. */
const rawBytes = (format: ExportFormat, us: number): number =>
  format === 'flac' ? samplesAt(us) * BYTES_PER_RAW_SAMPLE : 0;

const silenceBytes = (tracks: number, us: number): number => (tracks * us * SILENCE_BYTES_PER_S) / 1e6;

/** How much room on the disk a render takes, before it begins. Pure. */
import { LONGEST_SECONDS } from './furniture/sound.ts';
import type { Preset } from './preset.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

const BYTES_PER_SAMPLE = Float32Array.BYTES_PER_ELEMENT;
/** Discord's voices have 64 kbit/s, boosted servers' up to 384 (docs, "Voice Connections"; Guild premium tiers). */
const OPUS_BYTES_PER_S = 48_000;
/** The decoded track, and the copy that it is denoised into. */
const COPIES_OF_A_TRACK = 2;
/** For renditions whose peaks ask for masters limited lower than their preset says. */
const MASTERS_TO_SPARE = 2;
/** In the scratch folder, and in the media store while the former still stands. */
const COPIES_OF_A_RENDITION = 2;
/** Levels of 50 frames a second before and after cleaning, and outlines of 222 bytes a second, for each track and the master. */
const KEPT_BYTES_PER_S = 322;

export interface RoomOrder {
  session: {
    durationUs: number;
    tracks: readonly { spurts: readonly { startUs: number; endUs: number }[] }[];
  };
  preset: Pick<Preset, 'stereo' | 'renditions'>;
  request: { furniture?: object | undefined };
}

/**
 * At most, in bytes: what is said in each track, decoded, twice; a master for each ceiling of the preset and two more;
 * every rendition twice; what is kept of the session. Silence between the words is decoded nowhere but in the masters.
 */
export function renderBytes({ session, preset, request }: RoomOrder): number {
  const sounds = request.furniture !== undefined;
  const { intro, outro, bed } = LONGEST_SECONDS;
  const masterSeconds = session.durationUs / 1e6 + (sounds ? intro + outro : 0);
  const soundingSeconds =
    session.tracks.reduce(
      (sum, { spurts }) => sum + spurts.reduce((seconds, { startUs, endUs }) => seconds + endUs - startUs, 0),
      0,
    ) / 1e6;
  const channels = preset.stereo || sounds ? 2 : 1;
  const ceilings = new Set(preset.renditions.map(({ ceilingDbtp }) => ceilingDbtp)).size;
  const kbps = preset.renditions.reduce(
    (sum, { bitrateKbps, stereoBitrateKbps }) => sum + Math.max(bitrateKbps, stereoBitrateKbps),
    0,
  );
  const second = SAMPLE_RATE_HZ * BYTES_PER_SAMPLE;
  return Math.ceil(
    soundingSeconds * (COPIES_OF_A_TRACK * second + OPUS_BYTES_PER_S) +
      (sounds ? (intro + outro + bed) * 2 * second : 0) +
      masterSeconds * (ceilings + MASTERS_TO_SPARE) * channels * second +
      masterSeconds * COPIES_OF_A_RENDITION * ((kbps * 1000) / 8) +
      masterSeconds * (session.tracks.length + 1) * KEPT_BYTES_PER_S,
  );
}

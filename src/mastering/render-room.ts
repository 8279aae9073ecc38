/** How much room on the disk a render takes, before it begins. Pure. */
import { FURNITURE, type FurnitureKind } from './furniture/layout.ts';
import { LONGEST_SECONDS } from './furniture/sound.ts';
import type { Preset } from './preset.ts';
import type { ParsedRequest } from './request.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

/** Of one channel. */
const BYTES_PER_SECOND = SAMPLE_RATE_HZ * Float32Array.BYTES_PER_ELEMENT;
/** Discord's voices have 64 kbit/s, boosted servers' up to 384 (docs, "Voice Connections"; Guild premium tiers). */
const OPUS_BYTES_PER_S = 48_000;
/** The decoded track, and the copy that it is denoised into. */
const COPIES_OF_A_TRACK = 2;
/** In the scratch folder, and in the media store while the former still stands. */
const COPIES_OF_A_RENDITION = 2;
/**
 * For each track and the master: outlines of 222 bytes a second, levels of 50 frames a second before and after cleaning, who
 * speaks in those frames, what follows two levels a second, and ten energies.
 */
const KEPT_BYTES_PER_S = 222 + 3 * 50 + 2 * 4 + 10 * 4;

export interface RoomOrder {
  session: {
    durationUs: number;
    tracks: readonly { spurts: readonly { startUs: number; endUs: number }[] }[];
  };
  preset: Pick<Preset, 'stereo' | 'renditions'>;
  request: { furniture?: ParsedRequest['furniture'] };
}

/**
 * At most, in bytes: what is prepared; a master for each rendition, whatever ceilings they come to ask for; every rendition
 * twice.
 */
export function renderBytes(order: RoomOrder): number {
  const { renditions, stereo } = order.preset;
  const { intro, outro } = secondsOf(order.request);
  const channels = stereo || soundsOf(order.request).length > 0 ? 2 : 1;
  const masterSeconds = order.session.durationUs / 1e6 + intro + outro;
  const kbps = renditions.reduce(
    (sum, { bitrateKbps, stereoBitrateKbps }) => sum + Math.max(bitrateKbps, stereoBitrateKbps),
    0,
  );
  return Math.ceil(
    preparedBytes(order) +
      masterSeconds * renditions.length * channels * BYTES_PER_SECOND +
      masterSeconds * COPIES_OF_A_RENDITION * ((kbps * 1000) / 8),
  );
}

/**
 * At most, in bytes, before a master is mixed: what is said in each track, decoded, twice; a show's sounds; what is kept of
 * the session. Silence between the words is decoded nowhere.
 */
export function preparedBytes({ session, request }: Omit<RoomOrder, 'preset'>): number {
  const { intro, outro, bed } = secondsOf(request);
  const sessionSeconds = session.durationUs / 1e6;
  const soundingSeconds =
    session.tracks.reduce(
      (sum, { spurts }) => sum + spurts.reduce((seconds, { startUs, endUs }) => seconds + endUs - startUs, 0),
      0,
    ) / 1e6;
  return Math.ceil(
    soundingSeconds * (COPIES_OF_A_TRACK * BYTES_PER_SECOND + OPUS_BYTES_PER_S) +
      (intro + outro + bed) * 2 * BYTES_PER_SECOND +
      (sessionSeconds * session.tracks.length + sessionSeconds + intro + outro) * KEPT_BYTES_PER_S,
  );
}

const soundsOf = ({ furniture = {} }: RoomOrder['request']): FurnitureKind[] =>
  FURNITURE.filter((kind) => furniture[`${kind}Path`] !== undefined);

/** At most, of each sound that there is. */
export function secondsOf(request: RoomOrder['request']): Record<FurnitureKind, number> {
  const there = soundsOf(request);
  const most = (kind: FurnitureKind) => (there.includes(kind) ? LONGEST_SECONDS[kind] : 0);
  return { intro: most('intro'), outro: most('outro'), bed: most('bed') };
}

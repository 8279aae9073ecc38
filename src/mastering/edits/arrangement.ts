/** What of a session is heard in its master, and where: an edit, worked out against the tracks. Pure. */
import { codeOf, ENERGIES, FRAME_SAMPLES, type Levels } from '../levels.ts';
import { BLOCK_SAMPLES, blockCount, WINDOW_BLOCKS } from '../loudness.ts';
import { samplesAt } from '../session-clock.ts';
import type { ParsedEdit } from './edit.ts';
import { curveAt, gainCurve, type GainCurve } from './gain-curve.ts';
import { silencesToCut } from './silences.ts';
import { createTimeMap, type Piece, type TimeMap } from './time-map.ts';
import { layoutOf, type FurnitureKind, type FurnitureLayout } from '../furniture/layout.ts';

/** Turned down by more than this, a voice does not keep a pause from being shortened. */
const AUDIBLE = 0.03;
const WINDOW_SAMPLES = WINDOW_BLOCKS * BLOCK_SAMPLES;

export interface Arrangement {
  timeMap: TimeMap;
  /** Length of the session. */
  sessionSamples: number;
  /** By track; undefined where nothing was changed. */
  curves: readonly (GainCurve | undefined)[];
  /** By frame of 20 ms of the session: 1 where somebody is heard. Worked out when it is asked for. */
  speaking: () => Uint8Array;
  layout: FurnitureLayout;
}

export interface ArrangeOrder {
  edit: ParsedEdit;
  durationUs: number;
  tracks: readonly { number: number }[];
  /** By track: 1 in the frames of 20 ms that hold the speaker's own voice. */
  voices: readonly Uint8Array[];
  /** Of the show's sounds, in samples. */
  furniture: Partial<Record<FurnitureKind, number>>;
  overlapMs: number;
}

/** Throws RenderError `bad-edit` when nothing is left of the session. */
export function arrange(order: ArrangeOrder): Arrangement {
  const { edit, durationUs, tracks, voices, furniture, overlapMs } = order;
  const curves = tracks.map(({ number }) => gainCurve(edit, number));
  let any: Uint8Array | undefined;
  const speaking = () => (any ??= inAny(voices, curves));
  const pauses =
    edit.shortenSilencesToMs === undefined ? [] : silencesToCut(speaking(), edit.shortenSilencesToMs);
  const kept = { sessionUs: durationUs, trim: edit.trim, cuts: [...edit.cuts, ...pauses] };
  const layout = layoutOf(furniture, createTimeMap(kept).samples, { overlapMs });
  const timeMap = createTimeMap({ ...kept, ...layout });
  return { timeMap, sessionSamples: samplesAt(durationUs), curves, speaking, layout };
}

/** Plain loops: twelve hours of forty speakers are 86 million frames. */
function inAny(voices: readonly Uint8Array[], curves: readonly (GainCurve | undefined)[]): Uint8Array {
  const any = new Uint8Array(voices[0]?.length ?? 0);
  for (const [index, own] of voices.entries()) {
    const curve = curves[index];
    for (let frame = 0; frame < own.length; frame += 1)
      if (own[frame] === 1 && (curve === undefined || curveAt(curve, middleOf(frame)) > AUDIBLE))
        any[frame] = 1;
  }
  return any;
}

const middleOf = (frame: number): number => (frame + 0.5) * FRAME_SAMPLES;

/** Levels under a gain curve. */
export function levelsUnder(levels: Levels, curve: GainCurve | undefined): Levels {
  if (curve === undefined) return levels;
  return levels.map((code, frame) =>
    code === 0 ? 0 : codeOf(ENERGIES[code]! * curveAt(curve, middleOf(frame)) ** 2),
  );
}

/**
 * Whether the meter's window that begins with a block of the session stands in the master as it is. Asked for in order: the
 * search goes on where the last one ended, because hours of shortened silences are ten thousand pieces.
 */
export function windowKeeper({
  timeMap: { pieces },
}: Pick<Arrangement, 'timeMap'>): (block: number) => boolean {
  const endOf = ({ from, length }: Piece) => from + length;
  let [index, last] = [0, 0];
  return (block) => {
    const start = block * BLOCK_SAMPLES;
    if (start < last) index = 0;
    last = start;
    while (index < pieces.length - 1 && endOf(pieces[index]!) <= start) index += 1;
    const piece = pieces[index]!;
    return piece.from <= start && start + WINDOW_SAMPLES <= endOf(piece);
  };
}

/**
 * Windows in which a speaker is alone, by the blocks of the master. Those whose gain a producer changed are left out: their
 * loudness is meant to differ.
 */
export function soloInMaster(
  { timeMap: { pieces, samples, leadSamples }, sessionSamples, curves }: Arrangement,
  solo: Uint8Array,
  track: number,
): Uint8Array {
  const curve = curves[track];
  if (curve === undefined && leadSamples === 0 && pieces[0]!.length === sessionSamples) return solo;
  const moved = new Uint8Array(Math.max(0, blockCount(samples) - WINDOW_BLOCKS + 1));
  let index = 0;
  for (let window = 0; window < moved.length; window += 1) {
    const at = window * BLOCK_SAMPLES;
    while (index < pieces.length - 1 && pieces[index + 1]!.at <= at) index += 1;
    const piece = pieces[index]!;
    const from = piece.from + at - piece.at;
    if (at < piece.at || at + WINDOW_SAMPLES > piece.at + piece.length) continue;
    if (curve !== undefined && isChanged(curve, from)) continue;
    moved[window] = solo[Math.round(from / BLOCK_SAMPLES)] ?? 0;
  }
  return moved;
}

function isChanged(curve: GainCurve, from: number): boolean {
  for (let block = 0; block <= WINDOW_BLOCKS; block += 1)
    if (curveAt(curve, from + block * BLOCK_SAMPLES) !== 1) return true;
  return false;
}

/** What `/episode remaster` changes of an episode's edit. Hosts name moments of the episode as they hear it. Pure. */
import type { KeptPiece } from '../../../catalog/index.ts';
import { parseEdit, type Edit } from '../../../mastering/edits/edit.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { parseClock } from '../../when.ts';

export interface EditOptions {
  /** Take away all that was changed before. */
  reset: boolean;
  /** JSON, in place of what was changed before; its moments are those of the recording. */
  edit: string | null;
  /** `1:30`, moments of the episode. */
  start: string | null;
  end: string | null;
  /** `12:30-14:05`. */
  cut: string | null;
  /** Seconds. */
  pauses: number | null;
}

export interface EditedEpisode {
  edit: object | null;
  pieces: readonly KeptPiece[] | null;
}

/** Undefined when nothing is changed, null for no edit at all. Throws UserError for what cannot be understood. */
export function changedEdit(episode: EditedEpisode, options: EditOptions): Edit | null | undefined {
  const { reset, edit: written, start, end, cut, pauses } = options;
  const edit: Edit = {
    ...(written !== null ? readEdit(written) : reset ? {} : (episode.edit as Edit | null)),
  };
  const at = (clock: string) => sessionUsAt(episode.pieces, readClock(clock));
  if (start !== null || end !== null) {
    const { startUs, endUs } = edit.trim ?? { startUs: 0, endUs: Number.MAX_SAFE_INTEGER };
    edit.trim = {
      startUs: start === null ? startUs : at(start),
      endUs: end === null ? endUs : at(end),
    };
    if (edit.trim.endUs <= edit.trim.startUs) throw new UserError((say) => say.errors.rangeBackwards);
  }
  if (cut !== null) {
    const [from, to, ...more] = cut.split('-');
    if (from === undefined || to === undefined || more.length > 0)
      throw new UserError((say) => say.errors.cutUnclear(plain(cut)));
    const range = { startUs: at(from), endUs: at(to) };
    if (range.endUs <= range.startUs) throw new UserError((say) => say.errors.rangeBackwards);
    edit.cuts = [...(edit.cuts ?? []), range];
  }
  if (pauses !== null) edit.shortenSilencesToMs = Math.round(pauses * 1000);
  const changed = [written, start, end, cut, pauses].some((option) => option !== null);
  return changed ? edit : reset ? null : undefined;
}

function readClock(clock: string): number {
  const us = parseClock(clock);
  if (us === undefined) throw new UserError((say) => say.errors.clockUnclear(plain(clock)));
  return us;
}

function readEdit(written: string): Edit {
  try {
    return parseEdit(JSON.parse(written));
  } catch (error) {
    throw new UserError((say) => say.errors.editUnclear(plain((error as Error).message)), { cause: error });
  }
}

/** Which moment of the session is heard there; before the talk it is its beginning, after it its end. */
export function sessionUsAt(pieces: readonly KeptPiece[] | null, masterUs: number): number {
  const piece = pieces?.findLast((each) => each.masterUs <= masterUs) ?? pieces?.[0];
  if (piece === undefined) return masterUs;
  return piece.sessionUs + Math.min(piece.durationUs, Math.max(0, masterUs - piece.masterUs));
}

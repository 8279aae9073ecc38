/** What a transcript lacks, as a sentence. Pure. */
import type { Missing } from './model.ts';

/** So many stretches are named; a host finds the others in the transcript by their silence. */
const MOST_NAMED = 3;

/** Undefined when nothing is missing. Times are those of `missing`. */
export function missingNote(missing: readonly Missing[]): string | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const named = missing
    .slice(0, MOST_NAMED)
    .map(({ speaker, startUs, endUs }) => `${speaker} from ${clock(startUs)} to ${clock(endUs)}`);
  const others = missing.length - named.length;
  const more = others > 0 ? ` and ${others} more` : '';
  return `Missing: ${named.join(', ')}${more}, because ${first.why}.`;
}

function clock(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

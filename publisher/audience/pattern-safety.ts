/** Patterns come from outside: only those are compiled that no user agent can make slow. Pure. */

/** Longer than any in OPAWG's lists (889 characters in November 2026). */
export const MOST_PATTERN_CHARACTERS = 4_000;
/** How many unbounded quantifiers may stand one after the other; each adds a power of the agent's length. */
const MOST_UNBOUNDED = 6;
/** `.*` and the like match what comes after them as well, and so try every split; narrow classes rarely do. */
const MOST_BROAD = 3;
const MOST_TIMES = 100;

/** What a sequence repeats without a bound. Of alternatives the worst counts: one after the other is tried. */
interface Repeats {
  unbounded: number;
  broad: number;
}
const NOTHING: Repeats = { unbounded: 0, broad: 0 };
const sum = (a: Repeats, b: Repeats): Repeats => ({
  unbounded: a.unbounded + b.unbounded,
  broad: a.broad + b.broad,
});
const worst = (a: Repeats, b: Repeats): Repeats => ({
  unbounded: Math.max(a.unbounded, b.unbounded),
  broad: Math.max(a.broad, b.broad),
});

/** A set, an escape, a quantifier, or one character. */
const TOKEN = /\[\^?\]?(?:\\[^]|[^\]\\])*\]|\\[^]|[*+]|\{\d+(?:,\d*)?\}|\(\?:|\(\?|[^]/g;

/**
 * Why a pattern is refused; undefined when it may be compiled. OPAWG keeps to basic patterns without lookaheads (README of
 * opawg/user-agents-v2, "Fast and compatible"), so what is refused here is not theirs. A quantified group is where a
 * backtracking engine becomes exponential, so there is none at all but `(...)?`.
 */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > MOST_PATTERN_CHARACTERS)
    return `it has more than ${MOST_PATTERN_CHARACTERS} characters`;
  /** Of each open group: its worst alternative so far, and the one at hand. */
  const open: [Repeats, Repeats][] = [[NOTHING, NOTHING]];
  let last: 'nothing' | 'narrow' | 'broad' | 'group' = 'nothing';
  for (const [token] of pattern.matchAll(TOKEN)) {
    const level = open.at(-1);
    if (level === undefined) break;
    if (token === '(?') return 'it looks ahead or behind, or names a group';
    if (/^\\[1-9k]/.test(token)) return 'it refers back to a group';
    if (token === '*' || token === '+' || /^\{./.test(token)) {
      if (last === 'group') return 'it repeats a group';
      const [, least = '0', most = least] = /^\{(\d+),?(\d+)?\}$/.exec(token) ?? [];
      if (Number(least) > MOST_TIMES || Number(most) > MOST_TIMES)
        return `it repeats something more than ${MOST_TIMES} times`;
      if (!/^\{\d+(,\d+)?\}$/.test(token))
        level[1] = sum(level[1], { unbounded: 1, broad: last === 'broad' ? 1 : 0 });
      last = 'nothing';
    } else if (token === '(' || token === '(?:') {
      open.push([NOTHING, NOTHING]);
      last = 'nothing';
    } else if (token === '|') {
      level[0] = worst(level[0], level[1]);
      level[1] = NOTHING;
      last = 'nothing';
    } else if (token === ')') {
      open.pop();
      const outer = open.at(-1);
      if (outer !== undefined) outer[1] = sum(outer[1], worst(...level));
      last = 'group';
    } else last = /^(\.|\[\^|\\[WDS]|\[.*\\[WDS])/.test(token) ? 'broad' : 'narrow';
  }
  const { unbounded, broad } = worst(...(open[0] ?? [NOTHING, NOTHING]));
  if (unbounded > MOST_UNBOUNDED) return 'it repeats too many things without a bound';
  if (broad > MOST_BROAD) return 'it repeats too many wildcards without a bound';
  try {
    new RegExp(pattern);
  } catch {
    return 'it is no regular expression';
  }
  return undefined;
}

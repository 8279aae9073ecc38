/** How long work goes on, by how it went so far. Pure. */

export interface ProgressPoint {
  atMs: number;
  /** 0 to 100, rising. */
  percent: number;
}

/** Sooner, and by less, nothing can be said. */
const LEAST_MS = 3_000;
const LEAST_PERCENT = 3;

/**
 * Milliseconds left at `nowMs`, by the later half of the time so far: what is done last need not go as fast as what was done
 * first. Undefined while there is too little to go by.
 *
 * @param points - in the order of time; of an earlier try there is none among them
 */
export function estimateLeftMs(points: readonly ProgressPoint[], nowMs: number): number | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || nowMs - first.atMs < LEAST_MS) return undefined;
  const middleMs = (first.atMs + nowMs) / 2;
  const from = points.findLast(
    ({ atMs, percent }) => atMs <= middleMs && last.percent - percent >= LEAST_PERCENT,
  );
  if (from === undefined) return undefined;
  const msPerPercent = (nowMs - from.atMs) / (last.percent - from.percent);
  return Math.round((100 - last.percent) * msPerPercent);
}

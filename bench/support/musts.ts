/** What a bench must hold, for people and for machines: a table, then one last line of JSON, and the exit code. */
import { formatTable } from './table.ts';

export interface Must {
  /** What is measured, with its unit: `runs on, 1 % / 5 ms: sd, ms`. */
  name: string;
  value: number;
  limit: number;
  ok: boolean;
}

/** Comparisons with NaN are false: a bench that measured nothing has missed its must. */
export const below = (name: string, value: number, limit: number): Must => ({
  name,
  value,
  limit,
  ok: value < limit,
});
export const atMost = (name: string, value: number, limit: number): Must => ({
  name,
  value,
  limit,
  ok: value <= limit,
});
export const atLeast = (name: string, value: number, limit: number): Must => ({
  name,
  value,
  limit,
  ok: value >= limit,
});

/** The last line: `{"bench":"alignment","musts":[{"name","value","limit","ok"}]}`. What is no number becomes null. */
export const mustsLine = (bench: string, musts: readonly Must[]): string => JSON.stringify({ bench, musts });

/** Prints the musts, the line of JSON last, and lets the process end with 1 when one of them was missed. */
export function reportMusts(bench: string, musts: readonly Must[]): void {
  const rows = musts.map(({ name, value, limit, ok }) => [name, value, limit, ok ? 'held' : 'MISSED']);
  console.log(`\n${formatTable(['must', 'value', 'limit', ''], rows)}\n`);
  console.log(mustsLine(bench, musts));
  if (musts.length === 0 || musts.some(({ ok }) => !ok)) process.exitCode = 1;
}

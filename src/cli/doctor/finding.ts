/** What the doctor says of one thing it looked at. */

export interface Finding {
  topic: string;
  verdict: 'good' | 'warning' | 'fault';
  /** What was seen. */
  seen: string;
  /** What to do about it; present whenever the verdict is not good. */
  remedy?: string;
}

const SIGN = { good: '✓', warning: '!', fault: '✗' } as const;

export function formatFinding({ topic, verdict, seen, remedy }: Finding): string {
  const line = `${SIGN[verdict]} ${topic.padEnd(16)} ${seen}`;
  return remedy === undefined ? line : `${line}\n  ${' '.repeat(16)} → ${remedy}`;
}

/** The last line: what to do next. */
export function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']) => findings.filter((each) => each.verdict === verdict).length;
  const things = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const [faults, warnings] = [count('fault'), count('warning')];
  if (faults > 0) return `${things(faults, 'fault')} to mend first.`;
  return warnings > 0 ? `No faults; ${things(warnings, 'warning')} to look at.` : 'Ready to record.';
}

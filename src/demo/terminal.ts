/** What the demo says in the terminal: a clock in the margin, a progress bar, and a table of verdicts. */
import { styleText } from 'node:util';
import type { Check } from './checks.ts';

const BAR_CELLS = 30;

/** `[████████░░░░]  40 %`; a percentage outside 0 to 100 is drawn at the edge. */
export function progressBar(percent: number): string {
  const within = Math.min(100, Math.max(0, percent));
  const full = Math.round((within / 100) * BAR_CELLS);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] ${String(Math.round(within)).padStart(3)} %`;
}

/** Minutes and seconds since the demo began, as the margin shows them. */
export function margin(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function verdictTable(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, ok, detail }) => {
      const sign = ok ? styleText('green', '✓') : styleText('red', '✗');
      return `  ${sign} ${name.padEnd(width)}  ${detail}`;
    })
    .join('\n');
}

export interface Terminal {
  /** One line of the story. */
  say(line: string): void;
  /** Lines without the clock. */
  print(text: string): void;
  progress(label: string, percent: number): void;
}

/** On a terminal the bar is redrawn in place; in a log it is one line for each quarter. */
export function createTerminal(out: NodeJS.WriteStream, startedAtMs = Date.now()): Terminal {
  let barIsOpen = false;
  let lastQuarter = -1;
  const closeBar = () => {
    if (barIsOpen) out.write('\n');
    barIsOpen = false;
  };
  const clock = () => styleText('dim', margin(Date.now() - startedAtMs));
  return {
    say(line) {
      closeBar();
      out.write(`${clock()}  ${line}\n`);
    },
    print(text) {
      closeBar();
      out.write(`${text}\n`);
    },
    progress(label, percent) {
      if (out.isTTY) {
        out.write(`\r${clock()}  ${label} ${progressBar(percent)}`);
        barIsOpen = true;
        if (percent >= 100) closeBar();
        return;
      }
      const quarter = Math.floor(percent / 25);
      if (quarter > lastQuarter) out.write(`${clock()}  ${label} ${progressBar(percent)}\n`);
      lastQuarter = Math.max(quarter, lastQuarter);
    },
  };
}

/** Says what failed, or that nothing did; answers the exit code. Nothing at all checked is no success. */
export function tellVerdict(checks: readonly Check[], terminal: Pick<Terminal, 'say'>): number {
  const failed = checks.filter(({ ok }) => !ok);
  for (const { name, detail } of failed) terminal.say(`FAILED: ${name}: ${detail}`);
  if (checks.length === 0) terminal.say('FAILED: nothing was checked');
  const isGood = checks.length > 0 && failed.length === 0;
  if (isGood) terminal.say('all of it checked out');
  return isGood ? 0 : 1;
}

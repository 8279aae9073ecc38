/** `stagecast doctor`: looks at the machine and the settings, and says what to do about each finding. */
import { ConfigError, readConfig, type Config } from '../config.ts';
import {
  checkDataFolder,
  checkDiscord,
  checkFfmpeg,
  checkNode,
  checkPort,
  checkReceiveBuffer,
} from './doctor-checks.ts';

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

function settings(env: NodeJS.ProcessEnv): { config: Config; finding: Finding } {
  try {
    return {
      config: readConfig(env),
      finding: { topic: 'settings', verdict: 'good', seen: 'every setting can be used' },
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const seen = error.faults.join('; ');
    // A fault begins with the name of its setting; the others are checked as they are.
    const faulty = new Set(error.faults.map((fault) => fault.split(' ')[0]));
    return {
      config: readConfig(Object.fromEntries(Object.entries(env).filter(([name]) => !faulty.has(name)))),
      finding: {
        topic: 'settings',
        verdict: 'fault',
        seen,
        remedy: 'correct it in .env; below, its default is checked',
      },
    };
  }
}

/** Prints every finding; 0 when nothing is a fault, 1 otherwise. */
export async function doctor(env: NodeJS.ProcessEnv): Promise<number> {
  const { config, finding } = settings(env);
  const findings = [
    finding,
    checkNode(process.versions.node),
    ...(await checkFfmpeg(config)),
    await checkDataFolder(config.dataFolder),
    await checkReceiveBuffer(),
    await checkPort(config.http),
    await checkDiscord(config),
  ];
  for (const each of findings) console.log(formatFinding(each));
  const count = (verdict: Finding['verdict']) => findings.filter((each) => each.verdict === verdict).length;
  console.log(`\n${summary(count('fault'), count('warning'))}`);
  return count('fault') === 0 ? 0 : 1;
}

/** The last line: what to do next. */
export function summary(faults: number, warnings: number): string {
  const things = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  if (faults > 0) return `${things(faults, 'fault')} to mend first.`;
  return warnings > 0 ? `No faults; ${things(warnings, 'warning')} to look at.` : 'Ready to record.';
}

/** What a command costs: user and system time of its whole process tree, and wall time, by the shell's own `time`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Usage {
  cpuSeconds: number;
  wallSeconds: number;
}
export interface Run extends Usage {
  stdout: string;
  stderr: string;
}

/** A render puts itself behind all else (`render-process.ts`), so everything that it is compared with stands there, too. */
const NICE = ['nice', '-n', '19'];

/** Throws with what the command said last when it fails. */
export async function measured(command: readonly string[]): Promise<Run> {
  const script = 'TIMEFORMAT="used %R %U %S"; time "$@"';
  const bash = spawn('bash', ['-c', script, 'bash', ...NICE, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const closed = once(bash, 'close');
  const [stdout, stderr] = await Promise.all([text(bash.stdout), text(bash.stderr)]);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`${command[0]!} failed:\n${stderr.slice(-2_000)}`);
  const [wall, user, system] = /used (\S+) (\S+) (\S+)\s*$/.exec(stderr)!.slice(1).map(Number);
  return { cpuSeconds: user! + system!, wallSeconds: wall!, stdout, stderr };
}

export const sumOf = (runs: readonly Usage[]): Usage => ({
  cpuSeconds: runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  wallSeconds: runs.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
});

/** The real command line in a process of its own, in an empty folder, with nothing set but what a test sets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Ending {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

const MAIN = path.join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

/** A folder for one test; gone after it. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `stagecast <words>` until it ends; one that does not end within `limitMs` is killed, and its exit code is null. */
export async function stagecast(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { limitMs = 30_000, cwd }: { limitMs?: number; cwd?: string } = {},
): Promise<Ending> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-cli-'));
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: cwd ?? folder,
    env: { PATH: process.env['PATH'], HOME: folder, DATA_FOLDER: path.join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const killed = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), limitMs);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  clearTimeout(killed);
  await rm(folder, { recursive: true, force: true });
  return { exitCode, stdout, stderr };
}

/** How many times the recorder forked the application. */
export const forksIn = ({ stdout }: Ending): number => stdout.split('"application started"').length - 1;

/** A stack is for those who mend the program; the person at the terminal gets a sentence. */
export const STACK = /\n\s+at .*[:(]/;

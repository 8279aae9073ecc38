/** Folders for one test, and the programs that judge its files from outside. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder that is gone when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagecast-recorder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const hasProgram = (name: string, versionFlag: string): boolean =>
  spawnSync(name, [versionFlag]).status === 0;

/** For the name of a test that needs it: why it was skipped, empty where it was not. */
export const whyWithout = (name: string, versionFlag: string): string =>
  hasProgram(name, versionFlag) ? '' : ` (skipped: ${name} is not installed)`;

/** Samples per channel that ffmpeg decodes a file to, at 48 kHz; throws when it reports anything at all. */
export function decodedSamples(file: string): number {
  const args = ['-v', 'warning', '-xerror', '-i', file, '-ac', '1', '-ar', '48000', '-f', 's16le', 'pipe:1'];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { maxBuffer: 512 * 1024 * 1024 });
  const complaints = stderr.toString().trim();
  if (complaints !== '') throw new Error(complaints);
  return stdout.length / 2;
}

export const opusinfo = (file: string): string => execFileSync('opusinfo', [file], { encoding: 'utf8' });

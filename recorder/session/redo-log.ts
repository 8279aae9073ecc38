/**
 * What was written lately to the files of a session's tracks, once more in one file, so that one sync makes a hundred
 * tracks durable. Two logs take turns: while one is written, the files themselves are brought to the disk at leisure, and
 * then the other is worth nothing. After a power cut `replayRedoLogs` writes to the files what they miss.
 */
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Files } from './files.ts';
import { redoPaths } from './paths.ts';
import { destroy } from './destroy.ts';
import { encodeRedoEntries, type RedoPut } from './redo-entry.ts';
import { type OnPut, SteadyFile, syncEach, type WriteFault } from './steady-file.ts';

export class RedoLog {
  private readonly paths: string[];
  private readonly files: Files;
  readonly logs: readonly SteadyFile[];
  /** Counts the turns, so that a log shows where it ends and an older one, now written over, goes on. */
  private generation = 1;
  private position = 0;
  private waiting: RedoPut[] = [];
  private ended = false;

  /** @throws the file system's error. */
  constructor(folder: string, files: Files, onFault: (fault: WriteFault) => void) {
    this.files = files;
    this.paths = redoPaths(folder);
    const logs: SteadyFile[] = [];
    try {
      for (const each of this.paths) logs.push(new SteadyFile(each, files.open(each, 'create'), 0, onFault));
    } catch (error) {
      for (const log of logs) {
        log.close();
        rmSync(log.path, { force: true });
      }
      throw error;
    }
    this.logs = logs;
  }

  /** Whether the disk takes them. */
  get well(): boolean {
    return this.logs.every((log) => log.well);
  }

  /** Length of what this turn has written. */
  get bytes(): number {
    return this.position;
  }

  /** Takes what is put into a file (redo-entry.ts has its number). */
  of(file: number): OnPut {
    return (bytes, position, silence) => {
      if (!this.ended) this.waiting.push({ file, position, bytes: silence ?? bytes });
    };
  }

  /** Writes what was put since the last time. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const entries = encodeRedoEntries(this.generation, this.waiting);
    this.waiting = [];
    this.logs[this.generation & 1]!.put(entries, this.position);
    this.position += entries.length;
  }

  /** Goes on in the other log, over what stands there. */
  turn(): void {
    this.flush();
    this.generation += 1;
    this.position = 0;
  }

  /** Makes durable what it has, and takes nothing more: the files are about to end, and to be synced themselves. */
  async end(): Promise<void> {
    this.flush();
    this.ended = true;
    await syncEach(this.logs);
  }

  /** Removes both, when the files are durable: the voices in them must not outlive an erasure. */
  async remove(): Promise<void> {
    for (const log of this.logs) log.close();
    for (const each of this.paths) await destroy(each, this.files).catch(() => rm(each, { force: true }));
  }
}

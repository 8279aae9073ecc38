/** Makes files durable round after round, without ever letting the syncs of many tracks crowd libuv's thread pool. */
import type { SteadyFile } from './steady-file.ts';

/** With the 200 ms that packets wait for their page, a power cut costs at most 1 s while a round takes under 300 ms. */
const ROUND_US = 500_000;
/** Of the four threads that DNS and other files share. */
const AT_ONCE = 2;

export class SyncRounds {
  private startedUs = -Infinity;
  private running: Promise<void> | undefined;

  /** Starts a round when it is time and the one before has ended. Faults are told by the files themselves. */
  tick(nowUs: number, files: () => SteadyFile[], syncFolders: () => Promise<void>): void {
    if (this.running !== undefined || nowUs - this.startedUs < ROUND_US) return;
    this.startedUs = nowUs;
    this.running = syncFolders()
      .then(() => syncEach(files()))
      .catch(() => undefined)
      .finally(() => (this.running = undefined));
  }

  /** Waits for the round that is under way. */
  async settled(): Promise<void> {
    await this.running;
  }
}

/** Syncs all files, each whatever becomes of the others; rejects with the first failure. */
export async function syncEach(files: readonly SteadyFile[]): Promise<void> {
  const left = [...files];
  const failures: unknown[] = [];
  const one = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift())
      await file.sync().catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (failures.length > 0) throw failures[0];
}

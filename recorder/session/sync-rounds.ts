/** Makes files durable round after round, without ever letting the syncs of many tracks crowd libuv's thread pool. */
import type { RedoLog } from './redo-log.ts';
import { type SteadyFile, syncEach } from './steady-file.ts';

/** With the 200 ms that packets wait for their page, a power cut costs at most 1 s while a round takes under 300 ms. */
const ROUND_US = 500_000;
/** How long a redo log is written until the other's turn: for that long the files of the tracks may wait for their sync. */
const TURN_US = 10_000_000;
/** Or until it is so long: hours of silence are written at once. */
const TURN_BYTES = 32 * 1024 * 1024;

export interface SyncedFiles {
  journal: SteadyFile;
  redoLog: RedoLog;
  /** All that the redo log tells again. */
  trackFiles: () => SteadyFile[];
  /** Makes names durable. */
  syncFolders: () => Promise<void>;
}

export class SyncRounds {
  private readonly files: SyncedFiles;
  private startedUs = -Infinity;
  private running: Promise<void> | undefined;
  private turnedUs: number | undefined;
  private turning: Promise<void> | undefined;

  constructor(files: SyncedFiles) {
    this.files = files;
  }

  /** Starts a round when it is time and the one before has ended. Faults are told by the files themselves. */
  tick(nowUs: number): void {
    this.files.redoLog.flush();
    this.turn(nowUs);
    if (this.running !== undefined || nowUs - this.startedUs < ROUND_US) return;
    this.startedUs = nowUs;
    this.running = this.round().finally(() => (this.running = undefined));
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await Promise.all([this.running, this.turning]);
  }

  private async round(): Promise<void> {
    const { journal, redoLog, trackFiles, syncFolders } = this.files;
    await syncFolders().catch(() => undefined);
    // Where the disk refuses the logs, the files must do without them.
    const files = redoLog.well ? redoLog.logs : trackFiles();
    await syncEach([journal, ...files]).catch(() => undefined);
  }

  /** The other log may be written over once all that it tells has been synced where it belongs. */
  private turn(nowUs: number): void {
    const { redoLog, trackFiles } = this.files;
    this.turnedUs ??= nowUs;
    const isDue = nowUs - this.turnedUs >= TURN_US || redoLog.bytes >= TURN_BYTES;
    if (!isDue || this.turning !== undefined) return;
    this.turnedUs = nowUs;
    redoLog.turn();
    this.turning = syncEach(trackFiles(), 1)
      .catch(() => undefined)
      .finally(() => (this.turning = undefined));
  }
}

/** A file that keeps what the disk refused and tries again, so that a full minute of disk is a pause and not a hole. */
import type { OpenFile } from './files.ts';
import type { SilenceRun } from './redo-entry.ts';

/** A write or sync that the disk refused; told once until the file is well again. */
export interface WriteFault {
  path: string;
  /** The system's code: ENOSPC, EIO, ... */
  code: string;
  cause: unknown;
  /** Whether bytes had to be given up: nothing more will be written to this file. */
  gaveUp: boolean;
}

/** Told whatever a file takes, and where; of `bytes` that are silence, how to make them again. */
export type OnPut = (bytes: Uint8Array, position: number, silence?: SilenceRun) => void;

/** What is kept for a refusing disk: about two minutes of one speaker. */
const MAX_HELD_BYTES = 1024 * 1024;

export class SteadyFile {
  readonly path: string;
  private readonly file: OpenFile;
  private readonly onFault: (fault: WriteFault) => void;
  private readonly onPut: OnPut;
  private held: { bytes: Uint8Array; position: number }[] = [];
  private heldBytes = 0;
  private unsynced = false;
  private refused = false;
  private dead = false;
  private closed = false;
  /** The last sync that was begun; it ends after those before it. */
  private syncing: Promise<void> | undefined;
  /** Length of the file once everything held is written. */
  size: number;

  constructor(
    path: string,
    file: OpenFile,
    size: number,
    onFault: (fault: WriteFault) => void,
    onPut: OnPut = () => undefined,
  ) {
    this.path = path;
    this.file = file;
    this.size = size;
    this.onFault = onFault;
    this.onPut = onPut;
  }

  /** Whether the disk took all of it, as far as is known. */
  get well(): boolean {
    return !this.refused && !this.dead;
  }

  /** Whether it was given up: from then on nothing is written, and the file ends where the disk last took something. */
  get gaveUp(): boolean {
    return this.dead;
  }

  append(bytes: Uint8Array, silence?: SilenceRun): void {
    this.put(bytes, this.size, silence);
  }

  /** Writes at `position`, now or as soon as the disk takes it, always in order; nothing once it was closed or given up. */
  put(bytes: Uint8Array, position: number, silence?: SilenceRun): void {
    if (this.dead || this.closed) return;
    this.size = Math.max(this.size, position + bytes.length);
    this.held.push({ bytes, position });
    this.heldBytes += bytes.length;
    this.onPut(bytes, position, silence);
    this.flush();
    if (this.heldBytes > MAX_HELD_BYTES) this.giveUp();
  }

  /** Tries what is held again. @returns whether everything stands in the file. */
  flush(): boolean {
    try {
      for (let first = this.held[0]; first !== undefined; first = this.held[0]) {
        this.file.write(first.bytes, first.position);
        this.unsynced = true;
        this.heldBytes -= first.bytes.length;
        this.held.shift();
      }
      this.refused = false;
    } catch (error) {
      this.report(error, false);
    }
    return this.held.length === 0;
  }

  /** Makes what was put durable. @throws when it is closed, the disk refuses or refused some of it, or the sync itself. */
  async sync(): Promise<void> {
    if (this.closed) throw new Error(`${this.path} is closed`);
    if (this.dead) throw new Error(`${this.path} was given up: it ends before what was put last`);
    if (!this.flush()) throw new Error(`${this.path} holds bytes that the disk does not take`);
    // What another has begun to sync is durable when that has ended.
    if (!this.unsynced) return this.syncing;
    this.unsynced = false;
    this.syncing = this.syncAfter(this.syncing);
    return this.syncing;
  }

  /** Closes the file; what the disk still refuses is given up. */
  close(): void {
    if (this.closed) return;
    try {
      if (!this.dead && !this.flush()) this.giveUp();
    } finally {
      this.closed = true;
      this.file.close();
    }
  }

  private async syncAfter(before: Promise<void> | undefined): Promise<void> {
    try {
      await Promise.all([this.file.sync(), before?.catch(() => undefined)]);
    } catch (error) {
      this.unsynced = true;
      this.report(error, false);
      throw error;
    }
  }

  private giveUp(): void {
    this.dead = true;
    try {
      // Half a page may have been taken; a file that ends in a whole one is worth the try.
      if (this.held[0] !== undefined) this.file.truncate(this.held[0].position);
    } catch {
      // The disk refuses this as well; readers stop before what is torn.
    }
    this.held = [];
    this.heldBytes = 0;
    this.report(new Error(`${this.path} ends early: the disk refused for too long`), true);
  }

  private report(cause: unknown, gaveUp: boolean): void {
    if (this.refused && !gaveUp) return;
    this.refused = true;
    const code = (cause as NodeJS.ErrnoException).code ?? 'EIO';
    this.onFault({ path: this.path, code, cause, gaveUp });
  }
}

/** Of the four threads of libuv's pool, which DNS and other files share. */
const AT_ONCE = 2;

/** Syncs all files, each whatever becomes of the others; rejects with the first failure. */
export async function syncEach(files: readonly SteadyFile[], atOnce = AT_ONCE): Promise<void> {
  const left = [...files];
  const failures: unknown[] = [];
  const one = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift())
      await file.sync().catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  if (failures.length > 0) throw failures[0];
}

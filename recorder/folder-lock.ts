/**
 * A lock on a folder, held by a living process and named after it: one recorder per data folder, because a second one would
 * take the first one's live sessions for crashed, and one process per embedded catalog. The file says who holds it, so
 * that a second process can say so too; it is stale once that process is gone, whatever became of its clean-up.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface LockHolder {
  pid: number;
  command: string;
  /** ISO 8601. */
  since: string;
  /** Tells a process from a later one with the same pid; null where the system does not say. */
  startMark: string | null;
  /** Tells this lock from every other. */
  token: string;
}

/** Another process works on the folder. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError';
  readonly holder: LockHolder;
  constructor(lockPath: string, holder: LockHolder) {
    super(
      `${path.dirname(lockPath)} is in use by process ${holder.pid} (${holder.command}) since ${holder.since}. ` +
        'Stop that process, or give this one another data folder.',
    );
    this.holder = holder;
  }
}

/**
 * Takes the lock file at `lockPath` for this process, and answers how to let go of it. Works between the processes of one
 * machine and one container: processes that cannot see each other's ids cannot respect each other's locks.
 * Throws FolderInUseError.
 */
export function acquireLock(lockPath: string, { command }: { command: string }): () => void {
  const lock: LockHolder = {
    pid: process.pid,
    command,
    since: new Date().toISOString(),
    startMark: readStartMark(process.pid),
    token: randomUUID(),
  };
  const draftPath = `${lockPath}.${lock.token}`;
  fs.mkdirSync(path.dirname(lockPath), { recursive: true });
  fs.writeFileSync(draftPath, JSON.stringify(lock));
  try {
    // A hard link appears whole or not at all, and never over another file: rename(2) and open(2) give only one of these.
    while (!tryLink(draftPath, lockPath)) clearStale(lockPath);
  } finally {
    fs.rmSync(draftPath, { force: true });
  }
  return () => {
    if (readHolder(lockPath)?.token === lock.token) fs.rmSync(lockPath, { force: true });
  };
}

/** Makes way where the holder is gone; throws FolderInUseError where it lives. */
function clearStale(lockPath: string): void {
  const holder = readHolder(lockPath);
  if (holder !== undefined && isAlive(holder)) throw new FolderInUseError(lockPath, holder);
  const asidePath = `${lockPath}.stale-${randomUUID()}`;
  try {
    fs.renameSync(lockPath, asidePath);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between reading and renaming, another process may have cleared the same stale lock and taken its own.
  const moved = readHolder(asidePath);
  if (moved !== undefined && moved.token !== holder?.token) tryLink(asidePath, lockPath);
  fs.rmSync(asidePath, { force: true });
}

function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: the process lives and is another user's.
    if (!hasCode(error, 'EPERM')) return false;
  }
  const startMark = readStartMark(holder.pid);
  if (startMark === GONE) return false;
  return startMark === null || holder.startMark === null || startMark === holder.startMark;
}

/** Of a process that has ended and whose parent has not asked for its exit code: in a container it may stay for ever. */
const GONE = 'gone';
const FIRST_FIELD = 3;

/**
 * Boot id and start time in clock ticks: proc_pid_stat(5), fields 3 (state, Z or X when dead) and 22, counted after the
 * command's closing bracket.
 */
function readStartMark(pid: number): string | null {
  try {
    const bootId = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return GONE;
    const startTicks = fields[22 - FIRST_FIELD];
    return startTicks === undefined ? null : `${bootId}:${startTicks}`;
  } catch {
    return null;
  }
}

/** Undefined for no lock, and for a file that is not one of ours. */
function readHolder(lockPath: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(fs.readFileSync(lockPath, 'utf8')) as Partial<LockHolder> | null;
    return typeof holder?.pid === 'number' ? (holder as LockHolder) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

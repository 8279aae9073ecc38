/** One recorder per data folder: a second one would take the first one's live sessions for crashed, and seal them. */
import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The data folder is in use; the message names the holder and the remedy. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `${folder} is in use by the recorder with process id ${pid}. Stop that one first, or set another data folder.`,
    );
    this.pid = pid;
  }
}

interface Holder {
  pid: number;
  /** When the process started, as its system counts it: tells a living holder from a later process of the same id. */
  startedAt: string | null;
}

/** Field 22 of /proc/<pid>/stat, counted after the command name, which may hold spaces (proc(5)). */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function lives({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startedAt === null || processStart(pid) === startedAt;
}

async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/**
 * Takes the folder's lock; a dead holder's lock is taken over.
 * @returns what gives it back.
 * @throws FolderInUseError
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const file = path.join(folder, 'recorder.lock');
  const mine: Holder = { pid: process.pid, startedAt: processStart(process.pid) };
  // Written aside and linked into place whole: nobody reads half a lock, and of two that start at once one fails.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      try {
        await link(draft, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await holderOf(file);
      if (holder !== undefined && lives(holder)) throw new FolderInUseError(folder, holder.pid);
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

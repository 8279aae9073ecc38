/**
 * Turns at a key of a folder store: who replaces or removes an object does so while no other process can, also one on another
 * machine that shares the folder, and also when a process dies or freezes in its turn.
 *
 * A turn is held as long as the directory `turn-<hash of the key>` has an entry. It is taken by renaming a directory that
 * already holds one over it, which rename(2) does only if the old one is missing or empty, and refuses otherwise. What the
 * holder changes, it changes by one rename of, or into, its own entry, whose name is nobody else's. Who takes a turn for dead
 * renames its directory away, and from then on the path through which the former holder would act leads nowhere: it cannot
 * act late, however long it slept. No clocks are compared and no process ids, which containers do not share.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orUndefined } from './folder-disk.ts';

/** A turn takes milliseconds; hashing a large file that lost its record, seconds. */
export const STALE_TURN_MS = 10_000;
const LONGEST_WAIT_MS = 40;

const isCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** True when the turn was taken, false when another holds it. */
async function tryTake(claim: string, turn: string): Promise<boolean> {
  try {
    await rename(claim, turn);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

/** Waits until nobody holds the turn, or its holder has been the same for so long that it must be dead. */
async function take(claim: string, turn: string, staleMs: number): Promise<void> {
  let holder: string | undefined;
  let sinceMs = performance.now();
  for (let waitMs = 1; !(await tryTake(claim, turn)); waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    const [now] = (await orUndefined(readdir(turn))) ?? [];
    if (now !== holder) {
      holder = now;
      sinceMs = performance.now();
    } else if (performance.now() - sinceMs > staleMs) {
      const broken = `${claim}.broken`;
      await orUndefined(rename(turn, broken));
      await rm(broken, { recursive: true, force: true });
    }
    await sleep(waitMs * (0.5 + Math.random()));
  }
}

/**
 * Runs `act` in a turn at the key, with the path under which the entry (a file or a directory of `staging`) stands meanwhile.
 * `act` makes its one change by renaming that entry away, or something into it. Answers 'lost' when the turn was taken away
 * before that change; the entry is gone then, too.
 */
export async function inTurn<T>(
  { staging, key, entry, staleMs }: { staging: string; key: string; entry: string; staleMs: number },
  act: (held: string) => Promise<T>,
): Promise<T | 'lost'> {
  const turn = path.join(staging, `turn-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`);
  const claim = path.join(staging, `${randomUUID()}.claim`);
  const held = path.join(turn, path.basename(entry));
  await mkdir(claim);
  try {
    await rename(entry, path.join(claim, path.basename(entry)));
    await take(claim, turn, staleMs);
  } catch (error) {
    await rm(claim, { recursive: true, force: true });
    throw error;
  }
  try {
    return await act(held);
  } catch (error) {
    const kept = await orUndefined(readdir(turn));
    if (isCode(error, 'ENOENT') && !kept?.includes(path.basename(entry))) return 'lost';
    throw error;
  } finally {
    await rm(held, { recursive: true, force: true });
    // Empty, it is nobody's; with an entry it is the next one's already.
    await rmdir(turn).catch((error: unknown) => {
      if (!isCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
    });
  }
}

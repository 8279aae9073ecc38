/**
 * Destroys what one person said in a session: the only change there ever is to raw tracks. It is asked for durably first
 * (wishes.ts) and carried out once the session is sealed, so that a crash at any moment leaves it asked for or done. May be
 * run again at any time.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { destroy } from './destroy.ts';
import { type Files, nodeFiles } from './files.ts';
import { decodeJournal, encodeJournalLine, wholeJournalBytes } from './journal.ts';
import { writeManifest } from './manifest.ts';
import type { Manifest } from './model.ts';
import { derivedFolder, journalPath, trackPaths } from './paths.ts';
import { erasuresAsked, namesIn, withdrawWishes } from './wishes.ts';

/** Whoever a journal speaks of and must not name any more; no snowflake is 0. */
export const NOBODY = '0';
const NOBODY_NAME = 'Erased';

/** Whether anything that one of these people said is still in the folder, hidden or not. */
export async function holdsVoiceOf(folder: string, userIds: readonly string[]): Promise<boolean> {
  const { entries } = await decodeJournal(await readFile(journalPath(folder)));
  return entries.some((entry) => entry.type === 'track' && userIds.includes(entry.userId));
}

/**
 * Carries out what was asked for in a sealed session: tracks overwritten and removed, ids and names struck from journal
 * and manifest. Never twice at once in one folder. @returns the new manifest, or undefined when nothing was asked.
 */
export async function carryOutErasures(
  folder: string,
  files: Files = nodeFiles,
): Promise<Manifest | undefined> {
  const userIds = new Set(await erasuresAsked(folder));
  if (userIds.size === 0) return undefined;
  const bytes = await readFile(journalPath(folder));
  const { entries, lastAtUs } = await decodeJournal(bytes);
  const seal = entries.findLast((entry) => entry.type === 'sealed');
  if (seal === undefined) throw new Error(`${folder} is not sealed, so nothing in it can be erased yet`);
  const tracks = entries.flatMap((entry) =>
    entry.type === 'track' && userIds.has(entry.userId) ? [entry.track] : [],
  );
  for (const track of tracks) {
    const { opusPath, indexPath } = trackPaths(folder, track);
    for (const file of [opusPath, indexPath]) await destroy(file, files);
  }
  if (tracks.length > 0) await destroyDerived(folder, tracks, files);
  if (tracks.length > 0 || mentions(bytes, userIds)) {
    const erased = encodeJournalLine({ type: 'erased', atUs: lastAtUs, tracks });
    await replaceJournal(folder, Buffer.concat([strike(bytes, userIds), erased]), files);
  }
  const manifest = await writeManifest(folder, seal.reason, files);
  // No others: somebody may have asked meanwhile. For them the folder stays, and theirs is the next turn.
  await withdrawWishes(folder, userIds, files);
  return manifest;
}

const mentions = (bytes: Buffer, userIds: ReadonlySet<string>): boolean =>
  [...userIds].some((userId) => bytes.includes(`"${userId}"`));

/** The journal without these people: every line stays, whoever it was about. One that cannot be read goes. */
function strike(bytes: Buffer, userIds: ReadonlySet<string>): Buffer {
  const lines = bytes.toString('utf8', 0, wholeJournalBytes(bytes)).split('\n').slice(0, -1);
  const struck = lines.map((line) =>
    mentions(Buffer.from(line), userIds) ? strikeLine(line, userIds) : line,
  );
  return Buffer.from(struck.map((line) => (line === undefined ? '' : `${line}\n`)).join(''));
}

function strikeLine(line: string, userIds: ReadonlySet<string>): string | undefined {
  const struck = (key: string, value: unknown): unknown =>
    typeof value === 'string' && key !== 'name' && userIds.has(value) ? NOBODY : value;
  try {
    const entry = JSON.parse(line, struck) as { userId?: string; displayName?: string };
    const isNamed = entry.userId === NOBODY && entry.displayName !== undefined;
    return JSON.stringify(isNamed ? { ...entry, displayName: NOBODY_NAME } : entry);
  } catch {
    return undefined;
  }
}

/**
 * What was made of the tracks that are gone. `derived/` is other rooms': `<number>/` holds what was made of one track
 * alone, anything else may hold all of them, and all of it can be made again from what remains.
 */
async function destroyDerived(folder: string, tracks: readonly number[], files: Files): Promise<void> {
  const derived = derivedFolder(folder);
  const gone = new Set(tracks);
  const mayStay = (name: string) => /^\d+$/.test(name) && !gone.has(Number(name));
  for (const name of (await namesIn(derived)).filter((each) => !mayStay(each))) {
    for (const file of await filesIn(path.join(derived, name))) await destroy(file, files);
    await rm(path.join(derived, name), { recursive: true, force: true });
  }
}

/** All files below a folder; of a file, itself. */
async function filesIn(folderOrFile: string): Promise<string[]> {
  try {
    const entries = await readdir(folderOrFile, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [folderOrFile];
    throw error;
  }
}

async function replaceJournal(folder: string, bytes: Buffer, files: Files): Promise<void> {
  const draft = `${journalPath(folder)}.draft`;
  await rm(draft, { force: true });
  const file = files.open(draft, 'create');
  try {
    file.write(bytes, 0);
    await file.sync();
  } finally {
    file.close();
  }
  files.rename(draft, journalPath(folder));
  await files.syncFolder(folder);
}

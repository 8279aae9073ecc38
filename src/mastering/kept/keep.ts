/** Keeps what a render found out beside the session, in `derived/`: once it has succeeded, and only of who is still in it. */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { readSession, type RecordedSession, type RecordedTrack } from '../../../recorder/session/reader.ts';
import { peaksFolder } from '../peaks-file.ts';
import { encodeAnalysis, parseAnalysis, type TrackAnalysis } from './analysis.ts';

const ANALYSIS = 'analysis.bin';

/** Undefined where there is none of this recording by this engine: of a live one nothing is kept. */
export async function keptAnalysis(
  { folder, sealed }: RecordedSession,
  track: RecordedTrack,
  engine: string,
): Promise<TrackAnalysis | undefined> {
  if (!sealed) return undefined;
  const file = path.join(peaksFolder(folder, track.number), ANALYSIS);
  const analysis = await readFile(file).then(parseAnalysis, () => undefined);
  if (analysis?.engine !== engine) return undefined;
  return analysis.trackBytes === (await stat(track.opusPath)).size ? analysis : undefined;
}

/** Where a render collects what is to be kept. */
export const keptFolder = (scratchFolder: string, of: number | 'master'): string =>
  peaksFolder(path.join(scratchFolder, 'kept'), of);

export async function collectAnalysis(
  scratchFolder: string,
  track: number,
  analysis: TrackAnalysis,
): Promise<void> {
  const folder = keptFolder(scratchFolder, track);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, ANALYSIS), encodeAnalysis(analysis));
}

/**
 * A speaker who was erased meanwhile, and a master that holds them, are not kept. Answers why nothing was: a render succeeds
 * without, and the next one measures again.
 */
export async function keep(session: RecordedSession, scratchFolder: string): Promise<string | undefined> {
  if (!session.sealed) return 'the session was still running';
  try {
    await moveCollected(session, scratchFolder);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function moveCollected(session: RecordedSession, scratchFolder: string): Promise<void> {
  const collected = path.dirname(keptFolder(scratchFolder, 'master'));
  const derived = path.dirname(peaksFolder(session.folder, 'master'));
  const names = await readdir(collected).catch(() => []);
  for (const name of names) await move(path.join(collected, name), path.join(derived, name));
  const { erasedTracks, tracks } = await readSession(session.folder);
  if (erasedTracks === session.erasedTracks) return;
  const there = new Set(tracks.map(({ number }) => number));
  for (const name of names)
    if (!there.has(Number(name))) await rm(path.join(derived, name), { recursive: true, force: true });
}

/** Each file appears whole. */
async function move(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await sweepDrafts(to);
  for (const name of await readdir(from)) {
    const draft = path.join(to, `${name}.${randomUUID()}.draft`);
    await copyFile(path.join(from, name), draft);
    await rename(draft, path.join(to, name));
  }
}

/** Longer ago than a copy of a file takes, its render was killed. */
const FORGOTTEN_AFTER_MS = 60_000;

async function sweepDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.draft')) continue;
    const file = path.join(folder, name);
    const writtenMs = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity, // Its own render has moved it.
    );
    if (writtenMs < Date.now() - FORGOTTEN_AFTER_MS) await rm(file, { force: true });
  }
}

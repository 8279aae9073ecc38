/** After a power cut: writes to the files of the tracks what the redo logs have and they may miss. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SILENCE_PAGE_BYTES, SILENCE_PAGE_SAMPLES, silencePages } from '../ogg/silence-page.ts';
import { changing } from './changing.ts';
import { destroy } from './destroy.ts';
import type { Files, OpenFile } from './files.ts';
import { decodeIndexRecord } from './index-file.ts';
import { redoPaths, trackPaths, tracksFolder } from './paths.ts';
import { decodeRedoEntries, type RedoPut, type SilenceRun } from './redo-entry.ts';

/**
 * Replays both logs, the older first, and removes them once the files are durable. Positions are absolute and nothing is cut off,
 * so it may be run again after it was interrupted itself, and changes nothing where nothing was missed.
 */
export async function replayRedoLogs(folder: string, files: Files): Promise<void> {
  const paths = redoPaths(folder).filter((each) => existsSync(each));
  if (paths.length === 0) return;
  const logs = await Promise.all(paths.map(async (each) => decodeRedoEntries(await readFile(each))));
  logs.sort((a, b) => a.generation - b.generation);
  const putsOf = Map.groupBy(
    logs.flatMap(({ puts }) => puts),
    ({ file }) => file,
  );
  for (const [file, puts] of putsOf) await write(filePath(folder, file), puts, files);
  if (putsOf.size > 0) await files.syncFolder(tracksFolder(folder));
  for (const each of paths) await destroy(each, files);
}

function filePath(folder: string, file: number): string {
  const { opusPath, indexPath } = trackPaths(folder, file >> 1);
  return file & 1 ? indexPath : opusPath;
}

async function write(path: string, puts: readonly RedoPut[], files: Files): Promise<void> {
  if (!existsSync(path)) files.open(path, 'create').close();
  const stands = path.endsWith('.index') ? await readFile(path) : undefined;
  await changing(files, path, (file) => {
    for (const { bytes, position, file: number } of puts) {
      if ('pages' in bytes) writeSilence(file, number >> 1, bytes, position);
      else if (stands === undefined || !isOlder(bytes, position, stands)) file.write(bytes, position);
    }
  });
}

/** A megabyte of silence. */
const PAGES_AT_ONCE = 1200;

function writeSilence(file: OpenFile, serial: number, run: SilenceRun, position: number): void {
  for (let done = 0; done < run.pages; done += PAGES_AT_ONCE) {
    const place = { samples: run.samples + done * SILENCE_PAGE_SAMPLES, sequence: run.sequence + done };
    const pages = silencePages(serial, place, Math.min(PAGES_AT_ONCE, run.pages - done));
    file.write(pages, position + done * SILENCE_PAGE_BYTES);
  }
}

/**
 * Without a power cut a file may be ahead of its log by one tick: its last record says more than the log does. A record only
 * ever grows. (What is ahead in the audio stands behind all that the log has, so nothing of it is written over.)
 */
function isOlder(bytes: Uint8Array, position: number, index: Buffer): boolean {
  const logged = decodeIndexRecord(Buffer.from(bytes), 0);
  const standing = decodeIndexRecord(index, position);
  return logged !== null && standing !== null && standing.packets > logged.packets;
}

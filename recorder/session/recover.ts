/** Repairs a session folder that a crash or a power cut left unsealed, and seals it. */
import { readFile } from 'node:fs/promises';
import { PRE_SKIP_SAMPLES } from '../ogg/opus-headers.ts';
import { GRID_SAMPLES, OPUS_RATE_HZ } from '../ogg/opus-packet.ts';
import { OpusWriter, SILENCE_PAGE_SAMPLES } from '../ogg/opus-writer.ts';
import { findOpusEnd } from '../ogg/reader.ts';
import { type Files, nodeFiles, type OpenFile } from './files.ts';
import {
  encodeIndexHeader,
  encodeIndexRecord,
  INDEX_HEADER_BYTES,
  INDEX_RECORD_BYTES,
} from './index-file.ts';
import { encodeJournalLine, wholeJournalBytes } from './journal.ts';
import { writeManifest } from './manifest.ts';
import type { Manifest, Spurt } from './model.ts';
import { journalPath, manifestPath, type TrackPaths, trackPaths, tracksFolder } from './paths.ts';
import { readSession } from './reader.ts';
import { withUnindexed } from './unindexed.ts';

/** Pages of silence written at once while a track is brought to the session's end. */
const PAGES_AT_ONCE = 1200;
/** OpusHead and OpusTags. */
const HEADER_PAGES = 2;

/**
 * Cuts torn tails off journal, tracks and indexes, ends every track at the session's end, journals `sealed` with the
 * reason `recovered`, and writes the manifest. Whole pages, records and lines are never touched. May be run again
 * after it was interrupted itself; a folder that is sealed is given back as it is.
 * @throws SessionFolderError when the journal has no header, and the file system's errors.
 */
export async function recoverSession(folder: string, files: Files = nodeFiles): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest !== null) return manifest;
  const session = await readSession(folder);
  const runs = new Map<number, Spurt[]>();
  for (const { number, opusPath, spurts } of session.tracks)
    runs.set(number, await withUnindexed(opusPath, spurts));
  const ends = [...runs.values()].map((spurts) => spurts.at(-1)?.endUs ?? 0);
  const durationUs = Math.max(session.durationUs, ...ends);
  for (const [number, spurts] of runs)
    await endTrack(trackPaths(folder, number), number, spurts, durationUs, files);
  const journalBytes = wholeJournalBytes(await readFile(journalPath(folder)));
  await changing(files, journalPath(folder), (journal) => {
    journal.truncate(journalBytes);
    const sealed = { type: 'sealed', atUs: durationUs, reason: 'recovered', durationUs };
    journal.write(encodeJournalLine(sealed), journalBytes);
  });
  for (const each of [tracksFolder(folder), folder]) await files.syncFolder(each);
  return await writeManifest(folder, 'recovered', files);
}

/** Repairs one track's two files; `spurts` are the runs that the file truly has. */
async function endTrack(
  { opusPath, indexPath }: TrackPaths,
  number: number,
  spurts: readonly Spurt[],
  durationUs: number,
  files: Files,
): Promise<void> {
  await changing(files, opusPath, async (opus) => {
    const end = await findOpusEnd(opusPath);
    let size = end.pages < HEADER_PAGES ? 0 : end.wholeBytes;
    opus.truncate(size);
    if (end.ended) return;
    const append = (bytes: Buffer) => {
      opus.write(bytes, size);
      size += bytes.length;
    };
    const resumeAt = size === 0 ? undefined : { samples: end.samples, pageSequence: end.pages };
    const writer = new OpusWriter(number, resumeAt);
    if (size === 0) append(writer.headers());
    const heard = (durationUs * OPUS_RATE_HZ) / 1e6 + PRE_SKIP_SAMPLES;
    const endSamples = Math.ceil(heard / GRID_SAMPLES) * GRID_SAMPLES;
    for (;;) {
      const pages = writer.fill(endSamples - SILENCE_PAGE_SAMPLES, PAGES_AT_ONCE);
      if (pages.length === 0) break;
      append(Buffer.concat(pages));
    }
    append(writer.end(endSamples));
  });
  await changing(files, indexPath, (index) => {
    index.write(encodeIndexHeader(), 0);
    const records = spurts.map(encodeIndexRecord);
    index.write(Buffer.concat(records), INDEX_HEADER_BYTES);
    index.truncate(INDEX_HEADER_BYTES + records.length * INDEX_RECORD_BYTES);
  });
}

async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(manifestPath(folder), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function changing(
  files: Files,
  path: string,
  change: (file: OpenFile) => Promise<void> | void,
): Promise<void> {
  const file = files.open(path, 'resume');
  try {
    await change(file);
    await file.sync();
  } finally {
    file.close();
  }
}

/** Mends what a crash or a power cut left of a session folder: torn tails are cut off, and what is whole is never touched. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { OpusWriter, type OpusWriterState } from '../ogg/opus-writer.ts';
import { findOpusEnd } from '../ogg/reader.ts';
import { changing } from './changing.ts';
import type { Files } from './files.ts';
import {
  encodeIndexHeader,
  encodeIndexRecord,
  INDEX_HEADER_BYTES,
  INDEX_RECORD_BYTES,
} from './index-file.ts';
import { decodeJournal, encodeJournalLine, wholeJournalBytes } from './journal.ts';
import type { RecordedSession, RecordedTrack, Spurt } from './model.ts';
import { journalPath, trackPaths, tracksFolder } from './paths.ts';
import { readSession } from './reader.ts';
import { replayRedoLogs } from './redo.ts';
import { openConsentGaps } from './refusals.ts';
import { withUnindexed } from './unindexed.ts';

/** A track whose two files hold whole pages and records only, and the place where a writer goes on. */
export interface MendedTrack extends OpusWriterState {
  number: number;
  userId: string;
  packets: number;
  lost: number;
  spurts: Spurt[];
  opusBytes: number;
  indexBytes: number;
  /** The last page says that the stream is over: the crash came while the session was being sealed. */
  ended: boolean;
}

export interface MendedSession {
  session: RecordedSession;
  tracks: MendedTrack[];
  /** End of the last thing that is known of it, on the session clock. */
  lastUs: number;
  journalBytes: number;
}

/** OpusHead and OpusTags. */
const HEADER_PAGES = 2;

/**
 * Mends every file of an unsealed folder. May be run again after it was interrupted itself.
 * @throws SessionFolderError when the journal has no header, and the file system's errors.
 */
export async function mendSession(folder: string, files: Files): Promise<MendedSession> {
  await replayRedoLogs(folder, files);
  const session = await readSession(folder);
  const tracks: MendedTrack[] = [];
  for (const track of session.tracks) tracks.push(await mendTrack(folder, track, files));
  const ends = tracks.map(({ spurts }) => spurts.at(-1)?.endUs ?? 0);
  const lastUs = Math.max(session.durationUs, ...ends);
  const journalBytes = await mendJournal(folder, lastUs, files);
  for (const each of [tracksFolder(folder), folder]) await files.syncFolder(each);
  return { session, tracks, lastUs, journalBytes };
}

/** Cuts off a torn line, and adds the holes of those who had opted out. @returns the journal's length */
async function mendJournal(folder: string, lastUs: number, files: Files): Promise<number> {
  const bytes = await readFile(journalPath(folder));
  const wholeBytes = wholeJournalBytes(bytes);
  const gaps = openConsentGaps((await decodeJournal(bytes)).entries, lastUs);
  const lines = gaps.map((gap) => encodeJournalLine({ type: 'gap', atUs: lastUs, ...gap, packets: 0 }));
  const added = Buffer.concat(lines);
  await changing(files, journalPath(folder), (journal) => {
    journal.truncate(wholeBytes);
    if (added.length > 0) journal.write(added, wholeBytes);
  });
  return wholeBytes + added.length;
}

/** Mends one track's two files: speech that its index missed is indexed, records and pages that were torn are cut off. */
export async function mendTrack(
  folder: string,
  { number, userId, lost, spurts: indexed }: Pick<RecordedTrack, 'number' | 'userId' | 'lost' | 'spurts'>,
  files: Files,
): Promise<MendedTrack> {
  const { opusPath, indexPath } = trackPaths(folder, number);
  // Readers have cut the records to what the file holds, so the last one begins at a good page.
  const end = await findOpusEnd(opusPath, indexed.at(-1)?.byteOffset);
  const headless = end.pages < HEADER_PAGES;
  const spurts = headless ? [] : await withUnindexed(opusPath, indexed);
  const writer = new OpusWriter(
    number,
    headless ? undefined : { samples: end.samples, pageSequence: end.pages },
  );
  let opusBytes = headless ? 0 : end.wholeBytes;
  await changing(files, opusPath, (opus) => {
    opus.truncate(opusBytes);
    if (!headless) return;
    const headers = writer.headers();
    opus.write(headers, 0);
    opusBytes = headers.length;
  });
  const indexBytes = INDEX_HEADER_BYTES + spurts.length * INDEX_RECORD_BYTES;
  if (!existsSync(indexPath)) files.open(indexPath, 'create').close();
  await changing(files, indexPath, (index) => {
    index.write(Buffer.concat([encodeIndexHeader(), ...spurts.map(encodeIndexRecord)]), 0);
    index.truncate(indexBytes);
  });
  return {
    ...{ number, userId, lost, spurts, opusBytes, indexBytes, ended: end.ended },
    packets: spurts.reduce((sum, spurt) => sum + spurt.packets, 0),
    samples: headless ? 0 : end.samples,
    pageSequence: headless ? HEADER_PAGES : end.pages,
  };
}

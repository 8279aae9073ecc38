/** Seals a session folder that a crash or a power cut left unsealed. */
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OpusWriter, SILENCE_PAGE_SAMPLES } from '../ogg/opus-writer.ts';
import { changing } from './changing.ts';
import { endSamplesOf } from './end-tracks.ts';
import { carryOutErasures } from './erase.ts';
import { type Files, nodeFiles } from './files.ts';
import { decodeJournalTypes, encodeJournalLine } from './journal.ts';
import { writeManifest } from './manifest.ts';
import type { Manifest, SealReason } from './model.ts';
import { journalPath, manifestPath, trackPaths } from './paths.ts';
import { type MendedTrack, mendSession } from './repair.ts';

/** Pages of silence written at once while a track is brought to the session's end. */
const PAGES_AT_ONCE = 1200;

/**
 * Mends the folder, ends every track at the session's end, journals `sealed`, with the reason `unannounced` unless
 * it was being ended, and writes the manifest. May be run again after it was interrupted itself, but never twice at once; in a folder that is sealed, only the
 * erasures that were asked for are carried out.
 * @throws SessionFolderError when the journal has no header, and the file system's errors.
 */
export async function recoverSession(
  folder: string,
  files: Files = nodeFiles,
  unannounced: SealReason = 'recovered',
): Promise<Manifest> {
  const manifest = await readManifest(folder, files);
  if (manifest !== null) return (await carryOutErasures(folder, files)) ?? manifest;
  const { tracks, lastUs: durationUs, journalBytes } = await mendSession(folder, files);
  for (const track of tracks) if (!track.ended) await endTrack(folder, track, durationUs, files);
  const stops = await decodeJournalTypes(await readFile(journalPath(folder)), ['stopping']);
  const reason = stops.at(-1)?.reason ?? unannounced;
  const sealed = { type: 'sealed', atUs: durationUs, reason, durationUs };
  await changing(files, journalPath(folder), (journal) =>
    journal.write(encodeJournalLine(sealed), journalBytes),
  );
  const recovered = await writeManifest(folder, reason, files);
  return (await carryOutErasures(folder, files)) ?? recovered;
}

async function endTrack(folder: string, track: MendedTrack, durationUs: number, files: Files): Promise<void> {
  await changing(files, trackPaths(folder, track.number).opusPath, async (opus) => {
    let size = track.opusBytes;
    const append = (bytes: Buffer) => {
      opus.write(bytes, size);
      size += bytes.length;
    };
    const writer = new OpusWriter(track.number, track);
    const endSamples = endSamplesOf(durationUs);
    for (;;) {
      const fills = writer.fill(endSamples - SILENCE_PAGE_SAMPLES, PAGES_AT_ONCE);
      if (fills.length === 0) break;
      for (const { bytes } of fills) append(bytes);
      // Other sessions are recorded meanwhile.
      await nextTurn();
    }
    append(writer.end(endSamples));
  });
}

/** Null when there is none. One that a disk did not keep whole is made anew from what it was made of. */
export async function readManifest(folder: string, files: Files = nodeFiles): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(manifestPath(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    const seals = await decodeJournalTypes(await readFile(journalPath(folder)), ['sealed']);
    const seal = seals.at(-1);
    return seal === undefined ? null : await writeManifest(folder, seal.reason, files);
  }
}

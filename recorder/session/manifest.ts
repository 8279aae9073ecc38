/** manifest.json: what a sealed session consists of, with checksums. Derived from the folder, so a repair makes the same. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Files } from './files.ts';
import type {
  Manifest,
  ManifestTrack,
  RecordedSession,
  RecordedTrack,
  SealedFile,
  SealReason,
} from './model.ts';
import { journalPath, manifestPath, trackPaths } from './paths.ts';
import { readSession } from './reader.ts';

/**
 * Writes the manifest of a folder whose journal ends with `sealed` and whose files are closed. It appears whole or not
 * at all: written beside its place, synced, renamed.
 * @throws the file system's error; the folder is then still unsealed and can be recovered.
 */
export async function writeManifest(folder: string, reason: SealReason, files: Files): Promise<Manifest> {
  const session = await readSession(folder);
  const manifest = await makeManifest(session, reason);
  const draft = `${manifestPath(folder)}.draft`;
  await rm(draft, { force: true });
  const file = files.open(draft, 'create');
  try {
    file.write(await encodeManifest(manifest), 0);
    await file.sync();
  } finally {
    file.close();
  }
  files.rename(draft, manifestPath(folder));
  await files.syncFolder(folder);
  return manifest;
}

/** Gaps that are worded in one turn of the event loop. */
const GAPS_A_TURN = 1000;

/** As `JSON.stringify` words it, indented by two; only of gaps there may be so many that others must have their turn. */
export async function encodeManifest(manifest: Manifest): Promise<Buffer> {
  const { gaps } = manifest;
  const frame = JSON.stringify({ ...manifest, gaps: [] }, null, 2);
  const at = frame.search(/^ {2}"gaps": \[\]/m);
  const parts = [frame.slice(0, at)];
  if (gaps.length === 0) parts.push('  "gaps": []');
  for (let from = 0; from < gaps.length; from += GAPS_A_TURN) {
    if (from > 0) await nextTurn();
    const some = JSON.stringify({ gaps: gaps.slice(from, from + GAPS_A_TURN) }, null, 2);
    // Without the braces around it, and the brackets only at the first and the last.
    const inner = some.slice(some.indexOf('[') + 1, some.lastIndexOf(']') - '\n  '.length);
    parts.push(from === 0 ? `  "gaps": [${inner}` : `,${inner}`);
  }
  if (gaps.length > 0) parts.push('\n  ]');
  parts.push(frame.slice(at + '  "gaps": []'.length), '\n');
  return Buffer.from(parts.join(''));
}

async function makeManifest(session: RecordedSession, reason: SealReason): Promise<Manifest> {
  const {
    folder,
    sessionId,
    guildId,
    channelId,
    title,
    startedAtMs,
    durationUs,
    markers,
    gaps,
    erasedTracks,
  } = session;
  const tracks: ManifestTrack[] = [];
  for (const track of session.tracks) tracks.push(await sealTrack(folder, track));
  const journal = await sealFile(journalPath(folder));
  const ids = { sessionId, guildId, channelId, title, startedAtMs, durationUs };
  const erased = erasedTracks > 0 ? { erasedTracks } : {};
  return { version: 1, ...ids, reason, ...erased, tracks, markers, gaps, journal };
}

async function sealTrack(folder: string, track: RecordedTrack): Promise<ManifestTrack> {
  const { number, userId, displayName, bot, packets, lost, spurts } = track;
  const { opusPath, indexPath } = trackPaths(folder, number);
  return {
    number,
    userId,
    displayName,
    bot,
    packets,
    lost,
    spurts: spurts.length,
    audioUs: spurts.reduce((sum, spurt) => sum + spurt.endUs - spurt.startUs, 0),
    opus: await sealFile(opusPath),
    index: await sealFile(indexPath),
  };
}

async function sealFile(file: string): Promise<SealedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}

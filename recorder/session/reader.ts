/** The public door of a session folder: reads it while live, sealed, or cut short by a crash. */
import { access, readFile } from 'node:fs/promises';
import { readIndex, readSpurts } from './index-reader.ts';
import { decodeJournal, type JournalEntry } from './journal.ts';
import type { ConsentEntry, Gap, Marker, PlacedPacket, RecordedSession, RecordedTrack } from './model.ts';
import { journalPath, manifestPath, trackPaths } from './paths.ts';
import { erasuresAsked } from './wishes.ts';

export type {
  ConsentEntry,
  Gap,
  GapReason,
  Manifest,
  ManifestTrack,
  Marker,
  PlacedPacket,
  RecordedSession,
  RecordedTrack,
  SealReason,
  Spurt,
} from './model.ts';

/** A folder that is no session, or one of a version we do not know. */
export class SessionFolderError extends Error {
  override readonly name = 'SessionFolderError';
  readonly folder: string;

  constructor(folder: string, problem: string, options?: ErrorOptions) {
    super(`${folder} cannot be read as a session: ${problem}`, options);
    this.folder = folder;
  }
}

type Entry<T extends JournalEntry['type']> = Extract<JournalEntry, { type: T }>;

/**
 * Reads a session folder (`<data>/sessions/<session id>`) and changes nothing in it. Journal and index are what is
 * read, sealed or not; the manifest only shows that they are complete. Whoever asked to be erased is not shown, also where
 * the tracks are still there.
 * @throws SessionFolderError when the folder holds no journal with a header of a version we know.
 */
export async function readSession(folder: string): Promise<RecordedSession> {
  const { entries, lastAtUs } = await decodeJournal(await readJournal(folder));
  const all = <T extends JournalEntry['type']>(type: T) =>
    entries.filter((entry): entry is Entry<T> => entry.type === type);
  const [header] = all('header');
  if (header === undefined)
    throw new SessionFolderError(folder, 'its journal does not begin with a header of a known version');
  const seal = all('sealed').at(-1);
  const sealed = seal !== undefined && (await exists(manifestPath(folder)));
  const people = new Map(all('speaker').map((person) => [person.userId, person]));
  const wished = await erasuresAsked(folder);
  const erased = new Set([
    ...all('erased').flatMap(({ tracks: gone }) => gone),
    ...all('track').flatMap(({ track, userId }) => (wished.includes(userId) ? [track] : [])),
  ]);
  const gaps = all('gap').filter(({ track }) => !erased.has(track));
  const lostIn = new Map<number, number>();
  for (const { track, packets } of gaps) lostIn.set(track, (lostIn.get(track) ?? 0) + packets);
  const tracks: RecordedTrack[] = [];
  for (const { track: number, userId } of all('track')) {
    if (erased.has(number)) continue;
    const { opusPath, indexPath } = trackPaths(folder, number);
    const spurts = await readTrackIndex(indexPath, opusPath, !sealed);
    if (spurts === null) continue;
    const packets = spurts.reduce((sum, spurt) => sum + spurt.packets, 0);
    const lost = lostIn.get(number) ?? 0;
    const { displayName = userId, bot = false } = people.get(userId) ?? {};
    tracks.push({ number, userId, displayName, bot, opusPath, packets, lost, spurts });
  }
  const { sessionId, guildId, channelId, title, startedAtMs, startedByUserId } = header;
  return {
    folder,
    sessionId,
    guildId,
    channelId,
    title,
    startedAtMs,
    startedByUserId,
    durationUs:
      seal?.durationUs ?? Math.max(lastAtUs, ...tracks.map((track) => track.spurts.at(-1)?.endUs ?? 0)),
    sealed,
    tracks,
    markers: all('marker').map(({ atUs, name, byUserId }): Marker => ({ atUs, name, byUserId })),
    consent: entries.flatMap((entry) => consentOf(entry)),
    soundEffects: all('sound-effect').map(({ atUs, userId, name }) => ({ atUs, userId, name })),
    erasedTracks: erased.size,
    gaps: gaps.map(({ track, startUs, endUs, reason }): Gap => ({ track, startUs, endUs, reason })),
  };
}

/**
 * Every packet that came in, in order, at its exact place by the index (fractions of a microsecond included); fill is
 * left out, and silence is not even read.
 */
export function readTrackPackets(track: RecordedTrack): AsyncIterable<PlacedPacket> {
  return readSpurts(track.opusPath, track.spurts);
}

function consentOf(entry: JournalEntry): ConsentEntry[] {
  const { atUs, type: event } = entry;
  if (event === 'told') return [{ atUs, event, userIds: entry.userIds }];
  return event === 'refused' || event === 'allowed' ? [{ atUs, event, userIds: [entry.userId] }] : [];
}

async function readJournal(folder: string): Promise<Buffer> {
  try {
    return await readFile(journalPath(folder));
  } catch (cause) {
    throw new SessionFolderError(folder, 'it has no journal that can be read', { cause });
  }
}

/** Null for a track whose files did not reach the disk before a power cut. */
async function readTrackIndex(indexPath: string, opusPath: string, clip: boolean) {
  try {
    await access(opusPath);
    return await readIndex(indexPath, opusPath, clip);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Finds out whether an unsealed session can go on, and makes its folder ready for a writer to go on in it. */
import { readdir, readFile } from 'node:fs/promises';
import { findOpusEnd } from '../ogg/reader.ts';
import { type Files, nodeFiles } from './files.ts';
import { decodeJournal } from './journal.ts';
import type { Gap, SessionHeader, SessionPerson } from './model.ts';
import { journalPath, trackPaths, tracksFolder } from './paths.ts';
import { readSession } from './reader.ts';
import { openRefusals } from './refusals.ts';
import { type MendedTrack, mendSession } from './repair.ts';
import { erasuresAsked } from './wishes.ts';

/** What is known of an unsealed session that can go on. */
export interface Interruption {
  header: SessionHeader;
  /** Where it was last recorded: a moderator may have moved the bot. */
  channelId: string;
  /** Time of day of its last sign of life, milliseconds since 1970. */
  interruptedAtMs: number;
  /** The last moment of which both the session clock and the time of day are known. */
  timeOfDay: { atUs: number; nowMs: number };
}

/** Everything that a writer needs to go on in a folder. */
export interface ResumePoint extends Interruption {
  people: SessionPerson[];
  /** Who was told that they are recorded. */
  toldUserIds: string[];
  /** Who wanted not to be recorded, or to be forgotten: that holds until they say otherwise. */
  refusedUserIds: string[];
  tracks: MendedTrack[];
  /** The last track number that was ever given, whatever became of that track. */
  lastTrackNumber: number;
  journalBytes: number;
  /** End of the last thing that is known of it, on the session clock. */
  lastUs: number;
  /** What the session clock shows at a time of day. It never goes back, whatever the time of day did. */
  clockAtUs(nowMs: number): number;
}

/**
 * Reads an unsealed folder and changes nothing. Undefined when the crash came while the session was being ended: then
 * it is over, and it is not for us to go on.
 * @throws SessionFolderError when the journal has no header.
 */
export async function readInterruption(folder: string): Promise<Interruption | undefined> {
  const session = await readSession(folder);
  const { entries } = await decodeJournal(await readFile(journalPath(folder)));
  if (entries.some(({ type }) => type === 'sealed' || type === 'stopping')) return undefined;
  for (const { number, spurts } of session.tracks) {
    const { opusPath } = trackPaths(folder, number);
    if ((await findOpusEnd(opusPath, spurts.at(-1)?.byteOffset)).ended) return undefined;
  }
  const { sessionId, guildId, channelId, title, startedAtMs, startedByUserId, durationUs } = session;
  const noted = entries.findLast((entry) => entry.type === 'time-of-day');
  const timeOfDay = { atUs: noted?.atUs ?? 0, nowMs: noted?.nowMs ?? startedAtMs };
  return {
    header: { sessionId, guildId, channelId, title, startedAtMs, startedByUserId },
    channelId: entries.findLast((entry) => entry.type === 'moved')?.channelId ?? channelId,
    interruptedAtMs: Math.round(timeOfDay.nowMs + (durationUs - timeOfDay.atUs) / 1000),
    timeOfDay,
  };
}

/**
 * Mends the folder so that `openSessionWriter` can go on in it.
 * @throws SessionFolderError when the journal has no header, and the file system's errors.
 */
export async function prepareToResume(
  folder: string,
  interruption: Interruption,
  files: Files = nodeFiles,
): Promise<ResumePoint> {
  const { tracks, lastUs, journalBytes } = await mendSession(folder, files);
  const { entries } = await decodeJournal(await readFile(journalPath(folder)));
  const people = new Map<string, SessionPerson>();
  const numbers = [0];
  for (const entry of entries) {
    if (entry.type === 'track') numbers.push(entry.track);
    if (entry.type !== 'speaker') continue;
    const { userId, displayName, bot } = entry;
    people.set(userId, { userId, displayName, bot });
  }
  // A power cut may have kept a track's files and not the line that names it: its number is taken all the same.
  for (const name of await readdir(tracksFolder(folder))) numbers.push(Number.parseInt(name, 10) || 0);
  const { timeOfDay } = interruption;
  return {
    ...interruption,
    ...{ people: [...people.values()], tracks, journalBytes, lastUs },
    refusedUserIds: [...new Set([...openRefusals(entries), ...(await erasuresAsked(folder))])],
    toldUserIds: entries.flatMap((entry) => (entry.type === 'told' ? entry.userIds : [])),
    lastTrackNumber: Math.max(...numbers),
    clockAtUs: (nowMs) => Math.max(lastUs, timeOfDay.atUs + (nowMs - timeOfDay.nowMs) * 1000),
  };
}

/** What a crash takes from a track that was spoken in, at most. */
const TAIL_US = 200_000;

/** The holes of a crash: of every track until the session goes on, and of each that was spoken in a little earlier. */
export function crashGaps({ lastUs, tracks }: ResumePoint, resumedUs: number): Gap[] {
  const tails = tracks.flatMap(({ number, spurts }) => {
    const startUs = spurts.at(-1)?.endUs ?? 0;
    const wasSpokenIn = startUs < lastUs && startUs > lastUs - TAIL_US;
    return wasSpokenIn ? [{ track: number, startUs, endUs: lastUs, reason: 'crash' as const }] : [];
  });
  return [...tails, { track: 0, startUs: lastUs, endUs: resumedUs, reason: 'crash' }];
}

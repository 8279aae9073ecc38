/** The writing side of a session folder: packets and events in, files out, nothing ever waited for but a sync. */
import { rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { createAlone } from './alone.ts';
import { endTracks, mendGivenUp } from './end-tracks.ts';
import { type Files, nodeFiles } from './files.ts';
import { encodeJournalLine, JOURNAL_VERSION } from './journal.ts';
import { writeManifest } from './manifest.ts';
import type {
  GapReason,
  Manifest,
  ReceivedPacket,
  SealReason,
  SessionHeader,
  SessionPerson,
} from './model.ts';
import { createOutages } from './outages.ts';
import { journalPath, tracksFolder } from './paths.ts';
import { RedoLog } from './redo-log.ts';
import type { MendedTrack } from './repair.ts';
import { crashGaps, type ResumePoint } from './resume.ts';
import { SteadyFile, syncEach, type WriteFault } from './steady-file.ts';
import { SyncRounds } from './sync-rounds.ts';
import { type FillBudget, TrackWriter } from './track-writer.ts';

/** A free journal entry: `type` is the recorder's own word (`reconnect`, `consent`, `pause`, `warning`, ...). */
export interface JournalNote {
  type: string;
  [field: string]: unknown;
}

export interface SpeakerStatus {
  userId: string;
  displayName: string;
  packets: number;
  lost: number;
  /** Session clock of the last packet that came. */
  lastHeardUs: number;
}

export interface SessionWriterStatus {
  elapsedUs: number;
  speakers: SpeakerStatus[];
}

export interface SessionWriter {
  readonly folder: string;
  /** Session clock now. */
  elapsedUs(): number;
  /** A person joined or changed their name; journalled, and used by readers from then on. */
  person(person: SessionPerson): void;
  /** Takes a packet; it stands in its file within 200 ms, as long as `tick` is called. Never throws for what it holds. */
  receive(packet: ReceivedPacket): void;
  /** Names this moment; on disk, synced, when the promise resolves to its place on the session clock. Refused once it is sealed. */
  marker(name: string, byUserId: string): Promise<number>;
  /** Journals that the session is about to end; on disk, synced, when the promise resolves. It never goes on then. */
  stopping(reason: SealReason): Promise<void>;
  /** From here on nothing of this person comes for a while: packets that are missed meanwhile are no loss. */
  breakOff(userId: string): void;
  /** Journals a hole from outside the packets; without `userId` it is a hole in every track. */
  gap(gap: { startUs: number; endUs: number; reason: GapReason; userId?: string }): void;
  /** Journals anything else at this moment of the session clock. */
  note(entry: JournalNote): void;
  /** Call every 20 ms: releases reordered packets, flushes pages, fills silence in small chunks, starts the syncs. */
  tick(): void;
  status(): SessionWriterStatus;
  /** Bytes of all files that stay, what the disk has yet to take included. */
  bytes(): number;
  /**
   * Places what is still held, ends every track at the same moment, writes the manifest; what follows is not taken. When it
   * fails every file is closed, and `recoverSession` may seal what stands in the folder.
   */
  seal(reason: SealReason): Promise<Manifest>;
}

export interface SessionWriterOptions {
  files?: Files;
  /** Told when the disk refuses a file, once until it takes it again, and when a file is given up. */
  onFault?: (fault: WriteFault) => void;
  /** Told, once for each track, of what should not happen at all. The other tracks go on, and the track goes on trying. */
  onBroken?: (trackNumber: number, cause: unknown) => void;
  /** Go on in a folder that a crash left, at the place that the time of day gives. */
  resumeAt?: ResumePoint | undefined;
  /** The time of day, milliseconds since 1970; the system's by default. */
  nowMs?: () => number;
}

/** Pages of silence a tick: 1.6 hours of silence in 1.2 MB, a millisecond or two. A speaker may join days in. */
const FILL_PAGES_PER_TICK = 1200;
/** And before words that wait: ten people whose first words come at once after ten hours have their places within 100 ms. */
const URGENT_PAGES_PER_TICK = 10_000;
/** Between notes of the time of day: a session that goes on after a crash finds its place by the last one. */
const TIME_OF_DAY_EVERY_US = 30_000_000;
/** Between attempts to begin tracks on a disk that refuses new files. */
const OPEN_AGAIN_US = 1_000_000;

/**
 * Begins a session in `folder`, which is made if it is missing: session clock 0 is now. Or goes on with one that a crash
 * cut short: then nothing is known of the time since, and the journal gets a gap.
 * @throws the file system's error when the folder cannot be written, or holds a session already (EEXIST).
 */
export function openSessionWriter(
  folder: string,
  header: SessionHeader,
  clock: Clock,
  options: SessionWriterOptions = {},
): SessionWriter {
  const { files = nodeFiles, onFault = () => undefined, onBroken = () => undefined } = options;
  const { resumeAt, nowMs = Date.now } = options;
  const startUs = clock.nowUs() - (resumeAt?.clockAtUs(nowMs()) ?? 0);
  files.makeFolder(tracksFolder(folder));
  const journalFile = files.open(journalPath(folder), resumeAt === undefined ? 'create' : 'resume');
  const journal = new SteadyFile(journalPath(folder), journalFile, resumeAt?.journalBytes ?? 0, onFault);
  const people = new Map<string, SessionPerson>();
  const tracks = new Map<string, TrackWriter>();
  const outages = createOutages();
  /** Since when people have no track because the disk takes no new files. */
  const refusedSinceUs = new Map<string, number>();
  const redoLog = openRedoLog();
  const trackFiles = () => [...tracks.values()].flatMap((track) => [track.opusFile, track.indexFile]);
  const rounds = new SyncRounds({ journal, redoLog, trackFiles, syncFolders });
  /** One track's trouble is not the others'. */
  const alone = createAlone<TrackWriter>(({ number }, cause) => onBroken(number, cause));
  const budget: FillBudget = { idle: FILL_PAGES_PER_TICK, urgent: URGENT_PAGES_PER_TICK };
  let foldersChanged = true;
  let sealed = false;
  /** The journal has its last line. */
  let over = false;
  let sealing: Promise<Manifest> | undefined;
  let lastNumber = resumeAt?.lastTrackNumber ?? 0;
  let openAgainUs = 0;
  let timeNotedUs = 0;

  function openRedoLog(): RedoLog {
    try {
      return new RedoLog(folder, files, onFault);
    } catch (error) {
      journal.close();
      // A folder without a header is no session to anybody, and would be complained of at every start.
      if (resumeAt === undefined) removeEmpty(folder);
      throw error;
    }
  }

  const elapsedUs = () => clock.nowUs() - startUs;
  const write = (atUs: number, entry: JournalNote) => {
    if (!over) journal.append(encodeJournalLine({ atUs, ...entry }));
  };
  const note = (entry: JournalNote) => write(elapsedUs(), entry);

  function openTrack(userId: string, mended?: MendedTrack): TrackWriter {
    const number = mended?.number ?? ++lastNumber;
    const track = new TrackWriter({
      files,
      folder,
      number,
      userId,
      onFault,
      redoLog,
      onHole: (hole) => note({ type: 'gap', track: number, ...hole, reason: outages.reasonFor(hole) }),
      onStream: (ssrc) => note({ type: 'ssrc', track: number, ssrc }),
      resumeAt: mended,
    });
    tracks.set(userId, track);
    foldersChanged = true;
    if (mended === undefined) note({ type: 'track', track: number, userId });
    return track;
  }

  if (resumeAt === undefined) write(0, { type: 'header', version: JOURNAL_VERSION, ...header });
  else {
    for (const person of resumeAt.people) people.set(person.userId, person);
    for (const track of resumeAt.tracks) openTrack(track.userId, track);
    for (const gap of crashGaps(resumeAt, elapsedUs())) note({ type: 'gap', ...gap, packets: 0 });
    noteTime(elapsedUs());
  }

  function noteTime(atUs: number): void {
    timeNotedUs = atUs;
    write(atUs, { type: 'time-of-day', nowMs: nowMs() });
  }

  const noteRefused = (entry: JournalNote, sinceUs: number): void =>
    note({ ...entry, startUs: sinceUs, endUs: elapsedUs(), reason: 'disk', packets: 0 });

  /** Null while the disk refuses the new files: the packet is lost, the others' tracks are not. */
  function trackOf(userId: string): TrackWriter | null {
    const track = tracks.get(userId);
    if (track !== undefined) return track;
    const nowUs = elapsedUs();
    const refusedUs = refusedSinceUs.get(userId);
    refusedSinceUs.set(userId, refusedUs ?? nowUs);
    if (nowUs < openAgainUs) return null;
    try {
      const opened = openTrack(userId);
      refusedSinceUs.delete(userId);
      // Opening takes its time as well; only a refusal is a hole.
      if (refusedUs !== undefined) noteRefused({ type: 'gap', track: opened.number }, refusedUs);
      return opened;
    } catch (cause) {
      openAgainUs = elapsedUs() + OPEN_AGAIN_US;
      const code = (cause as NodeJS.ErrnoException).code ?? 'EIO';
      onFault({ path: tracksFolder(folder), code, cause, gaveUp: false });
      return null;
    }
  }

  async function syncFolders(): Promise<void> {
    if (!foldersChanged) return;
    foldersChanged = false;
    for (const each of [tracksFolder(folder), folder, path.dirname(folder)]) await files.syncFolder(each);
  }

  async function seal(reason: SealReason): Promise<Manifest> {
    const ends = [...tracks.values()].map((track) => Math.round(alone(track, () => track.drain()) ?? 0));
    const durationUs = Math.max(elapsedUs(), ...ends);
    await rounds.settled();
    await redoLog.end().catch(() => undefined);
    await endTracks(tracks.values(), durationUs, FILL_PAGES_PER_TICK, alone);
    // A track that the disk refuses has been told as a fault and ends where it ends; the journal must be whole.
    await syncEach([journal, ...trackFiles()]).catch(() => undefined);
    await redoLog.remove();
    for (const track of tracks.values()) {
      alone(track, () => track.close());
      const gap = await mendGivenUp(folder, track, durationUs, files);
      if (gap !== null) note({ type: 'gap', ...gap, packets: 0 });
    }
    for (const [userId, sinceUs] of refusedSinceUs) noteRefused({ type: 'not-heard', userId }, sinceUs);
    write(durationUs, { type: 'sealed', reason, durationUs });
    over = true;
    await journal.sync();
    await syncFolders();
    journal.close();
    return await writeManifest(folder, reason, files);
  }

  return {
    folder,
    elapsedUs,
    note,
    person(person) {
      const known = people.get(person.userId);
      if (known?.displayName === person.displayName && known.bot === person.bot) return;
      people.set(person.userId, person);
      note({ type: 'speaker', ...person });
    },
    receive(packet) {
      if (sealed) return;
      const arrivalUs = Math.max(0, packet.arrivalUs - startUs);
      const track = trackOf(packet.userId);
      if (track !== null) alone(track, () => track.receive({ ...packet, arrivalUs }, elapsedUs(), budget));
    },
    async marker(name, byUserId) {
      if (sealed) throw new Error('the session is being sealed');
      const atUs = elapsedUs();
      write(atUs, { type: 'marker', name, byUserId });
      await journal.sync();
      return atUs;
    },
    async stopping(reason) {
      if (over) {
        await sealing;
        return;
      }
      note({ type: 'stopping', reason });
      await journal.sync();
    },
    breakOff(userId) {
      if (!sealed) tracks.get(userId)?.breakOff();
    },
    gap({ startUs: from, endUs, reason, userId }) {
      const track = userId === undefined ? 0 : tracks.get(userId)?.number;
      // A person who never had a track has no hole in one; the journal keeps it under another name.
      const entry = track === undefined ? { type: 'not-heard', userId } : { type: 'gap', track };
      note({ ...entry, startUs: from, endUs, reason, packets: 0 });
      if (userId === undefined) outages.add({ startUs: from, endUs, reason });
    },
    tick() {
      if (sealed) return;
      const nowUs = elapsedUs();
      budget.idle = FILL_PAGES_PER_TICK;
      budget.urgent = URGENT_PAGES_PER_TICK;
      for (const track of tracks.values()) alone(track, () => track.tick(nowUs, budget));
      if (nowUs - timeNotedUs >= TIME_OF_DAY_EVERY_US) noteTime(nowUs);
      rounds.tick(nowUs);
    },
    status() {
      const speakers = [...tracks.values()].map(({ userId, packets, lost, lastHeardUs }) => {
        const displayName = people.get(userId)?.displayName ?? userId;
        return { userId, displayName, packets, lost, lastHeardUs };
      });
      return { elapsedUs: elapsedUs(), speakers };
    },
    bytes: () => [journal, ...trackFiles()].reduce((sum, { size }) => sum + size, 0),
    seal(reason) {
      if (sealed) return Promise.reject(new Error('the session is sealed already'));
      sealed = true;
      sealing = seal(reason).catch((error: unknown) => {
        over = true;
        for (const file of [journal, ...trackFiles(), ...redoLog.logs]) closeQuietly(file);
        throw error;
      });
      return sealing;
    },
  };
}

/** When all has failed already: whatever it still held is on nobody's mind. */
function closeQuietly(file: SteadyFile): void {
  try {
    file.close();
  } catch {
    // It is closed to us all the same.
  }
}

/** Takes back what opening a session made, as far as nothing else stands there. */
function removeEmpty(folder: string): void {
  rmSync(journalPath(folder), { force: true });
  try {
    for (const each of [tracksFolder(folder), folder]) rmdirSync(each);
  } catch {
    // Something does.
  }
}

/** What a producer gets of a session: every speaker's track under a name for people, and how they fit together. */
import type { RecordedSession } from '../../recorder/session/reader.ts';
import type { ArchiveEntry } from '../media/archive.ts';
import { cutName, safeNamePart } from '../media/file-name.ts';

// Each part may be cut so that the whole stays within a file name: 10 for the date, 90 + 80 for words, the rest for " - 01 ".
const MAX_TITLE_BYTES = 90;
const MAX_PERSON_BYTES = 80;

/** `2026-11-22 Title`, the day in the given time zone (IANA), which begins every file name of a session. */
export function sessionName(startedAtMs: number, title: string, timeZone: string): string {
  const day = Temporal.Instant.fromEpochMilliseconds(startedAtMs).toZonedDateTimeISO(timeZone).toPlainDate();
  return `${day.toString()} ${cutName(safeNamePart(title, 'Session'), MAX_TITLE_BYTES)}`;
}

/** The entries of a session's archive: its tracks, its markers as Audacity labels, and a page that explains them. */
export function rawTrackEntries(session: RecordedSession, base: string): ArchiveEntry[] {
  const modifiedAt = new Date(session.startedAtMs);
  const tracks = session.tracks.map((track) => ({ ...track, fileName: trackName(base, track) }));
  const text = (name: string, lines: string[]): ArchiveEntry => ({
    name: `${base} - ${name}.txt`,
    source: { body: Buffer.from(lines.map((line) => `${line}\r\n`).join('')) },
    modifiedAt,
  });
  return [
    text('00 Read me', readMe(session, tracks)),
    ...(session.markers.length > 0 ? [text('00 Markers', session.markers.map(audacityLabel))] : []),
    ...tracks.map(({ fileName, opusPath }) => ({
      name: fileName,
      source: { path: opusPath },
      modifiedAt,
    })),
  ];
}

function trackName(base: string, track: { number: number; displayName: string }): string {
  const number = String(track.number).padStart(2, '0');
  return `${base} - ${number} ${cutName(safeNamePart(track.displayName, 'Speaker'), MAX_PERSON_BYTES)}.opus`;
}

const oneLine = (words: string) => words.replace(/\s+/g, ' ').trim();
const seconds = (us: number) => (us / 1e6).toFixed(3);

/** Start, end, name, by tabs: what Audacity's File > Import > Labels reads. */
function audacityLabel({ atUs, name }: RecordedSession['markers'][number]): string {
  return `${seconds(atUs)}\t${seconds(atUs)}\t${oneLine(name)}`;
}

function readMe(session: RecordedSession, tracks: { fileName: string; packets: number; lost: number }[]) {
  return [
    oneLine(session.title),
    `Recorded ${new Date(session.startedAtMs).toISOString()}, ${seconds(session.durationUs)} seconds${
      session.sealed ? '' : ' so far (the recording is still running)'
    }`,
    '',
    'Every track begins at the start of the recording and silence is kept: put them all at zero and they are in step,',
    'each within 1.25 ms of when it was said. The audio is what Discord sent, untouched.',
    '',
    ...tracks.map(({ fileName, packets, lost }) => `${fileName}: ${packets} packets, ${lost} lost`),
    '',
    session.markers.length > 0
      ? 'Markers stand in the file beside this one; Audacity reads it by File > Import > Labels.'
      : 'No markers were set.',
  ];
}

/** What a producer gets of a session: every speaker's track under a name for people, and how they fit together. */
import type { RecordedSession } from '../../recorder/session/reader.ts';
import { audacityLabels } from '../../src/mastering/exports/audacity.ts';
import { speakerName } from '../../src/mastering/exports/file-names.ts';
import type { RawEntry } from './raw-archive.ts';

/** The entries of a session's archive: its tracks, its markers as Audacity labels, and a page that explains them. */
export function rawTrackEntries(session: RecordedSession, base: string): RawEntry[] {
  const modifiedAt = new Date(session.startedAtMs);
  const tracks = session.tracks.map((track) => ({
    ...track,
    fileName: `${base} - ${speakerName(track)}.opus`,
  }));
  const text = (name: string, lines: string[]): RawEntry => ({
    name: `${base} - ${name}.txt`,
    source: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
    modifiedAt,
  });
  return [
    text('00 Read me', readMe(session, tracks)),
    ...(session.markers.length > 0 ? [text('00 Markers', audacityLabels(session.markers))] : []),
    ...tracks.map(({ fileName, opusPath }) => ({
      name: fileName,
      source: opusPath,
      modifiedAt,
    })),
  ];
}

const oneLine = (words: string) => words.replace(/\s+/g, ' ').trim();
const seconds = (us: number) => (us / 1e6).toFixed(3);

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

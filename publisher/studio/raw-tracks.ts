/** What a producer gets of a session: every speaker's track under a name for people, and how they fit together. */
import type { RecordedSession } from '../../recorder/session/reader.ts';
import { audacityLabels } from '../../src/mastering/exports/audacity.ts';
import { speakerName } from '../../src/mastering/exports/file-names.ts';
import { millisecondsOf, worstInOpusUs } from '../../src/mastering/exports/opus-placement.ts';
import type { RawEntry } from './raw-archive.ts';

interface NamedTrack {
  fileName: string;
  opusPath: string;
  packets: number;
  lost: number;
  /** How far its worst packet stands from when it was said. */
  worstUs: number;
}

/**
 * The entries of a session's archive: its tracks, its markers as Audacity labels, and a page that explains them, for which
 * the files are looked through. Rejects when a file is missing.
 */
export async function rawTrackEntries(session: RecordedSession, base: string): Promise<RawEntry[]> {
  const modifiedAt = new Date(session.startedAtMs);
  const tracks: NamedTrack[] = [];
  // One after the other: the recorder's disk and the bot's processor have other things to do.
  for (const track of session.tracks)
    tracks.push({
      ...track,
      fileName: `${base} - ${speakerName(track)}.opus`,
      worstUs: await worstInOpusUs(track),
    });
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

/** What nobody hears; from here on the read-me says what to do about it. */
const FAR_US = 2_500;

function readMe(session: RecordedSession, tracks: readonly NamedTrack[]) {
  const worstUs = Math.max(...tracks.map((track) => track.worstUs));
  return [
    oneLine(session.title),
    `Recorded ${new Date(session.startedAtMs).toISOString()}, ${seconds(session.durationUs)} seconds${
      session.sealed ? '' : ' so far (the recording is still running)'
    }`,
    '',
    'Every track begins at the start of the recording and silence is kept: put them all at zero and they are in step,',
    `each packet within ${millisecondsOf(worstUs)} of when it was said. The audio is what Discord sent, untouched.`,
    ...(worstUs <= FAR_US
      ? []
      : [
          "Where more than 2.5 ms is said below, the speaker's clock ran fast and they did not pause: their packets are more",
          'sound than time had passed, and none was left out. Tracks as WAV or FLAC are placed to the sample instead.',
        ]),
    '',
    ...tracks.map(
      (track) =>
        `${track.fileName}: ${track.packets} packets, ${track.lost} lost, within ${millisecondsOf(track.worstUs)}`,
    ),
    '',
    session.markers.length > 0
      ? 'Markers stand in the file beside this one; Audacity reads it by File > Import > Labels.'
      : 'No markers were set.',
  ];
}

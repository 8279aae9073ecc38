/** File names out of people's words: readable on every system, with emoji and right-to-left scripts intact. */
import type { RecordedTrack } from '../../../recorder/session/reader.ts';

// Each part may be cut so that the whole stays within a file name: 10 for the date, 90 + 80 for words, the rest for " - 01 ".
const MAX_TITLE_BYTES = 90;
const MAX_PERSON_BYTES = 80;
const MAX_NAME_BYTES = 200; // file systems end at 255; the rest is for "(1)" and for folders of other systems
// Windows forbids these; a slash would make a folder everywhere.
const FORBIDDEN = /[<>:"/\\|?*]/g;
// Controls, and the bidi overrides and isolates that can make "gpj.exe" read as "exe.jpg". ZWJ stays: emoji need it.
const INVISIBLE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One part of a name (a title, a person), without what file systems refuse; `fallback` where nothing is left. */
export function safeNamePart(text: string, fallback: string): string {
  const part = text
    .toWellFormed()
    .normalize('NFC')
    .replace(INVISIBLE, ' ')
    .replace(FORBIDDEN, '-')
    .replace(/\s+/g, ' ')
    // Windows drops trailing dots and spaces, everyone hides leading dots.
    .replace(/^[. ]+|[. ]+$/g, '');
  return part === '' ? fallback : part;
}

/** Cuts to bytes of UTF-8 between graphemes, so that no emoji and no accent is cut in two. */
export function cutName(text: string, maxBytes = MAX_NAME_BYTES): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let cut = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    cut += segment;
  }
  return cut.trimEnd();
}

/** `2026-11-22 Title`, the day in the given time zone (IANA), which begins every file name of a session. */
export function sessionName(startedAtMs: number, title: string, timeZone: string): string {
  const day = Temporal.Instant.fromEpochMilliseconds(startedAtMs).toZonedDateTimeISO(timeZone).toPlainDate();
  return `${day.toString()} ${cutName(safeNamePart(title, 'Session'), MAX_TITLE_BYTES)}`;
}

/** `01 Display name`: the number keeps people of one name apart, and every list in the order of first words. */
export const speakerName = ({ number, displayName }: Pick<RecordedTrack, 'number' | 'displayName'>): string =>
  `${String(number).padStart(2, '0')} ${cutName(safeNamePart(displayName, 'Speaker'), MAX_PERSON_BYTES)}`;

/** ` 00h10m00s-00h20m00s`, which tells the exports of parts of a session apart. */
export function rangeName(fromUs: number, toUs: number): string {
  const clock = (us: number) => {
    const seconds = Math.floor(us / 1e6);
    const part = (value: number, unit: string) => `${String(value).padStart(2, '0')}${unit}`;
    return (
      part(Math.floor(seconds / 3600), 'h') +
      part(Math.floor(seconds / 60) % 60, 'm') +
      part(seconds % 60, 's')
    );
  };
  return ` ${clock(fromUs)}-${clock(toUs)}`;
}

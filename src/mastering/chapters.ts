/** Chapters from markers, and the file by which ffmpeg puts them and the tags into a rendition. Pure. */
import type { Chapter } from './request.ts';

/** Finer than this neither ID3v2 (milliseconds) nor a listener tells two chapters apart; the later name stands. */
const SHORTEST_CHAPTER_US = 1_000;

/** An ID3v2 table of contents counts them in one byte (ID3v2 Chapter Frame Addendum, 3.2), and so does an M4A. */
const MOST_CHAPTERS = 255;

/** No markers, no chapters; otherwise the time before the first marker is a chapter under the episode's title. */
export function chaptersFrom(
  markers: readonly { atUs: number; name: string }[],
  title: string,
  durationUs: number,
): Chapter[] {
  const inside = markers
    .filter(({ atUs }) => atUs < durationUs)
    .map(({ atUs, name }) => ({ startUs: Math.max(0, Math.round(atUs)), title: name.trim() || title }))
    .sort((a, b) => a.startUs - b.startUs);
  if (inside.length === 0) return [];
  const all = inside[0]!.startUs < SHORTEST_CHAPTER_US ? inside : [{ startUs: 0, title }, ...inside];
  const distinct = all.filter(
    ({ startUs }, index) => (all[index + 1]?.startUs ?? Infinity) - startUs >= SHORTEST_CHAPTER_US,
  );
  const chapters = distinct.map((chapter, index) => (index === 0 ? { ...chapter, startUs: 0 } : chapter));
  return withoutShortest(chapters, durationUs);
}

/** Of too many, the shortest are left to the chapters before them. */
function withoutShortest(chapters: readonly Chapter[], durationUs: number): Chapter[] {
  const lengthUs = (index: number) => (chapters[index + 1]?.startUs ?? durationUs) - chapters[index]!.startUs;
  const shortest = chapters
    .map((_, index) => index)
    .slice(1)
    .sort((a, b) => lengthUs(a) - lengthUs(b));
  const left = new Set(shortest.slice(0, Math.max(0, chapters.length - MOST_CHAPTERS)));
  return chapters.filter((_, index) => !left.has(index));
}

export interface Tags {
  title: string;
  showTitle: string;
  author: string;
}

/** ffmpeg's own metadata format (ffmpeg-formats, "Metadata"): `= ; # \` and line breaks are escaped. */
export function ffmetadata(tags: Tags, chapters: readonly Chapter[], durationUs: number): string {
  const parts = chapters.map(({ startUs, title }, index) =>
    [
      '[CHAPTER]',
      'TIMEBASE=1/1000000',
      `START=${startUs}`,
      `END=${chapters[index + 1]?.startUs ?? durationUs}`,
      `title=${escaped(title)}`,
    ].join('\n'),
  );
  return `${[';FFMETADATA1', ...tagLines(tags), ...parts].join('\n')}\n`;
}

/**
 * The same with chapters as Vorbis comments (wiki.xiph.org/Chapter_Extension). ffmpeg 5.1 writes them a second late where
 * they begin in the second half of one: it rounds the seconds (libavformat/vorbiscomment.c, ff_vorbiscomment_write).
 */
export function vorbisMetadata(tags: Tags, chapters: readonly Chapter[]): string {
  const lines = chapters.flatMap(({ startUs, title }, index) => {
    const name = `CHAPTER${String(index + 1).padStart(3, '0')}`;
    return [`${name}=${clockOf(startUs)}`, `${name}NAME=${escaped(title)}`];
  });
  return `${[';FFMETADATA1', ...tagLines(tags), ...lines].join('\n')}\n`;
}

/** HH:MM:SS.mmm */
function clockOf(us: number): string {
  const ms = Math.floor(us / 1000);
  const [h, m, s] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return `${h!}:${m!}:${s!}.${String(ms % 1000).padStart(3, '0')}`;
}

const tagLines = (tags: Tags): string[] =>
  (
    [
      ['title', tags.title],
      ['album', tags.showTitle],
      ['artist', tags.author],
      ['album_artist', tags.author],
      ['genre', 'Podcast'],
    ] as const
  )
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${escaped(value)}`);

/** A NUL would end the value early; the other characters are those that the format gives a meaning. */
const escaped = (text: string): string =>
  text
    .replaceAll('\0', '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[=;#\\\n]/g, String.raw`\$&`);

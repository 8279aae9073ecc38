import { expect, test } from 'vitest';
import { chaptersFrom, ffmetadata, vorbisMetadata } from '../../src/mastering/chapters.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const at = (atUs: number, name: string) => ({ atUs, name });
const chapter = (startUs: number, title: string) => ({ startUs, title });

test.each([
  ['no markers, no chapters', [], []],
  [
    'the time before the first marker bears the title',
    [at(5_000_000, 'One')],
    [chapter(0, 'Talk'), chapter(5_000_000, 'One')],
  ],
  ['a marker at the start is the first chapter', [at(400, 'One')], [chapter(0, 'One')]],
  ['in order of time', [at(20_000_000, 'B'), at(0, 'A')], [chapter(0, 'A'), chapter(20_000_000, 'B')]],
  [
    'the later of two at once stands',
    [at(0, 'A'), at(9_000_000, 'B'), at(9_000_500, 'C')],
    [chapter(0, 'A'), chapter(9_000_500, 'C')],
  ],
  ['two at the very start', [at(0, 'A'), at(300, 'B')], [chapter(0, 'B')]],
  ['a marker after the end is no chapter', [at(0, 'A'), at(MINUTE, 'late')], [chapter(0, 'A')]],
  ['a marker without a name', [at(0, '  ')], [chapter(0, 'Talk')]],
])('%s', (_, markers, expected) => {
  expect(chaptersFrom(markers, 'Talk', MINUTE)).toEqual(expected);
});

test('what the format gives a meaning is escaped', () => {
  const tags = { title: 'a=b; #1 \\ "c"\nd\0', showTitle: 'Show', author: '' };
  expect(ffmetadata(tags, [chapter(0, 'x;y'), chapter(7, 'عربي 🎧')], 9)).toBe(
    [
      ';FFMETADATA1',
      String.raw`title=a\=b\; \#1 \\ "c"\ `.trimEnd(),
      'd',
      'album=Show',
      'genre=Podcast',
      '[CHAPTER]',
      'TIMEBASE=1/1000000',
      'START=0',
      'END=7',
      String.raw`title=x\;y`,
      '[CHAPTER]',
      'TIMEBASE=1/1000000',
      'START=7',
      'END=9',
      'title=عربي 🎧',
      '',
    ].join('\n'),
  );
});

test('chapters as Vorbis comments keep their milliseconds, where ffmpeg would round', () => {
  const tags = { title: 'T', showTitle: '', author: '' };
  const chapters = [
    { startUs: 5_500_000, title: 'a=b' },
    { startUs: 3_723_999_900, title: 'שלום 🎧' },
  ];
  expect(vorbisMetadata(tags, chapters).split('\n')).toEqual([
    ...[';FFMETADATA1', 'title=T', 'genre=Podcast'],
    ...['CHAPTER001=00:00:05.500', String.raw`CHAPTER001NAME=a\=b`],
    ...['CHAPTER002=01:02:03.999', 'CHAPTER002NAME=שלום 🎧', ''],
  ]);
});

test('of more markers than a file can hold chapters, the shortest are left to those before them', () => {
  const markers = Array.from({ length: 400 }, (_, index) => at(index * SECOND * 2, `m${index}`));
  // Each fifth begins 3 ms early: it is longer, and the one before it shorter than all others.
  const uneven = markers.map(({ atUs, name }, index) => at(atUs + (index % 5 === 0 ? -3000 : 0), name));
  const chapters = chaptersFrom(uneven, 'Talk', 800 * SECOND);
  expect(chapters).toHaveLength(255);
  expect(chapters[0]).toEqual({ startUs: 0, title: 'm0' });
  const names = chapters.map(({ title }) => title);
  // Those before a fifth are the shortest, and go first.
  expect(names).not.toContain('m4');
  expect(names).toContain('m5');
  expect(chaptersFrom(uneven.slice(0, 255), 'Talk', 800 * SECOND)).toHaveLength(255);
});

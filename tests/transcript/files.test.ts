import { expect, test } from 'vitest';
import {
  missingNote,
  moveCues,
  withoutMuted,
  renderJson,
  renderSrt,
  renderVtt,
  timeMapThrough,
} from '../../src/transcript/index.ts';
import { mergeCues } from '../../src/transcript/merge.ts';
import { textOf } from '../../src/transcript/model.ts';
import { promptOf } from '../../src/transcript/prompt.ts';
import { cue, us } from './support/pieces.ts';
import { readSrt, readVtt } from './support/read-captions.ts';

const talk = mergeCues([
  cue(
    'Tobias',
    4,
    9,
    'Thank you for having me; it is a pleasure to be here & to see so many of you tonight.',
    2,
  ),
  cue('Inès', 0.5, 3, 'Good evening, everybody.'),
  cue('Inès', 8, 9.5, 'Of course.'),
  cue('Inès', 3700, 3702.5, 'Until next week.'),
]);
const spoken = (cues: { lines: string[] }[]) => cues.map(({ lines }) => lines.join(' ')).join(' ');

test('VTT: every cue has its voice, lines are short enough, times go on past the hour', () => {
  const { cues } = readVtt(renderVtt(talk));
  expect(cues.map(({ voice }) => voice)).toEqual(['Inès', 'Tobias', 'Inès', 'Inès']);
  expect(cues[0]).toEqual({ start: 0.5, end: 3, voice: 'Inès', lines: ['Good evening, everybody.'] });
  expect(cues[1]?.lines).toHaveLength(2);
  for (const line of cues.flatMap(({ lines }) => lines)) expect(line.length).toBeLessThanOrEqual(65);
  expect(cues.at(-1)).toMatchObject({ start: 3700, end: 3702.5 });
});

test('SRT: the name stands where the speaker changes, words lose nothing by the cuts', () => {
  const cards = readSrt(renderSrt(talk));
  expect(cards[0]?.lines).toEqual(['Inès: Good evening, everybody.']);
  expect(cards[1]?.lines[0]).toMatch(/^Tobias: Thank you/);
  const named = cards.filter(({ lines }) => /^(Inès|Tobias):/.test(lines[0] ?? ''));
  expect(named).toHaveLength(3);
  expect(spoken(cards).replaceAll(/(Inès|Tobias): /g, '')).toContain('here & to see so many of you');
  // Of one who speaks while another goes on, each card stands at its own time.
  expect(cards.findIndex(({ lines }) => lines[0] === 'Inès: Of course.')).toBeLessThan(cards.length - 1);
});

test('JSON: version, speakers, seconds, bodies', () => {
  expect(JSON.parse(renderJson(talk))).toEqual({
    version: '1.0.0',
    segments: [
      { speaker: 'Inès', startTime: 0.5, endTime: 3, body: 'Good evening, everybody.' },
      {
        speaker: 'Tobias',
        startTime: 4,
        endTime: 9,
        body: expect.stringMatching(/^Thank you .* tonight\.$/) as string,
      },
      { speaker: 'Inès', startTime: 8, endTime: 9.5, body: 'Of course.' },
      { speaker: 'Inès', startTime: 3700, endTime: 3702.5, body: 'Until next week.' },
    ],
  });
});

test('what nobody expects survives: markup, arrows, emoji, right-to-left, words without spaces, endless names', () => {
  const name = '<b>Zoë & "the 🎙️"</b> --> '.repeat(3).trim();
  const odd = [
    cue(name, 0, 2, 'a < b && c --> d </v> &amp;'),
    cue('مريم', 2, 4, 'مساء الخير جميعا وأهلا بكم'),
    cue(
      '東京',
      4,
      10,
      'これは空白のない長い文章ですから字幕の行に収まるように切らなければなりませんがどこで切っても構いません',
    ),
    cue('👩‍👩‍👧‍👦', 10, 10, '👩‍👩‍👧‍👦'.repeat(40)),
  ];
  const { cues } = readVtt(renderVtt(odd));
  expect(cues[0]).toMatchObject({ voice: name, lines: ['a < b && c --> d </v> &amp;'] });
  expect(cues[1]?.lines).toEqual(['مساء الخير جميعا وأهلا بكم']);
  expect(cues.find(({ voice }) => voice === '東京')?.lines.join('')).toBe(textOf(odd[2]!));
  const srt = spoken(readSrt(renderSrt(odd)));
  expect(srt.replaceAll(' ', '')).toContain(textOf(odd[2]!));
  expect(srt.split('👩‍👩‍👧‍👦')).toHaveLength(42);
});

test('nothing said is a file all the same', () => {
  expect(readVtt(renderVtt([])).cues).toEqual([]);
  expect(readSrt(renderSrt([]))).toEqual([]);
  expect(JSON.parse(renderJson([]))).toEqual({ version: '1.0.0', segments: [] });
});

test('what is missing is said, three places by name', () => {
  const missing = [10, 700, 1300, 4000].map((at) => ({
    speaker: 'Tobias',
    startUs: us(at),
    endUs: us(at + 30),
    why: 'the endpoint --> is away',
  }));
  const note = missingNote(missing);
  expect(note).toBe(
    'Missing: Tobias from 0:00:10 to 0:00:40, Tobias from 0:11:40 to 0:12:10, Tobias from 0:21:40 to 0:22:10 and 1 more, because the endpoint --> is away.',
  );
  expect(missingNote([])).toBeUndefined();
});

test('a word said where its track is silenced is gone, and a cue without words with it', () => {
  expect(withoutMuted(talk, [])).toEqual(talk);
  const track = talk.find(({ speaker }) => speaker === 'Tobias')!.track;
  const heard = withoutMuted(talk, [{ track, startUs: 0, endUs: us(5) }]);
  const tobias = heard.find(({ speaker }) => speaker === 'Tobias')!;
  expect(tobias.startUs).toBeGreaterThanOrEqual(us(4.5));
  expect(textOf(tobias)).not.toBe(textOf(talk.find(({ speaker }) => speaker === 'Tobias')!));
  const all = withoutMuted(talk, [{ track, startUs: 0, endUs: us(10_000) }]);
  expect(all).toEqual(talk.filter((cue) => cue.track !== track));
});

test('the time map moves words; what was cut out is gone, what was half cut out keeps the rest', () => {
  expect(moveCues(talk, (at) => at)).toEqual(talk);
  // 4 s to 6 s are cut out, everything after begins two seconds earlier.
  const pieces = [
    { sessionUs: 0, masterUs: 0, durationUs: us(4) },
    { sessionUs: us(6), masterUs: us(4), durationUs: us(4000) },
  ];
  const cut = moveCues(talk, timeMapThrough(pieces));
  expect(cut.map(({ speaker }) => speaker)).toEqual(['Inès', 'Tobias', 'Inès', 'Inès']);
  const tobias = cut[1]!;
  expect(textOf(tobias)).toMatch(/^pleasure to be here/);
  expect(tobias.startUs).toBeGreaterThanOrEqual(us(3.9));
  expect(tobias.endUs).toBe(us(7));
  expect(cut[2]).toMatchObject({ startUs: us(6), endUs: us(7.5) });
  expect(moveCues(talk, () => undefined)).toEqual([]);
});

test('the prompt names terms once and speakers last; what is too long loses its beginning', () => {
  expect(promptOf(['Open  Stage', 'Ogg', 'Ogg', ' '], ['Inès', 'Tobias\n'])).toBe(
    'Open Stage. Ogg. Inès, Tobias',
  );
  const long = promptOf(['word '.repeat(500)], ['Inès']);
  expect(long.length).toBeLessThanOrEqual(660);
  expect(long).toMatch(/^word .*\. Inès$/);
  expect(promptOf([], [])).toBe('');
});

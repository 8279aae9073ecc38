import { expect, test } from 'vitest';
import { cuesOf } from '../../src/transcript/cues.ts';
import { textOf } from '../../src/transcript/model.ts';
import { parseReply, ReplyError } from '../../src/transcript/reply.ts';
import { commonLanguage } from '../../src/transcript/spoken-language.ts';
import { pieces, us } from './support/pieces.ts';

const who = { track: 1, speaker: 'Inès' };
const parse = (body: unknown, seconds = 10) => parseReply(JSON.stringify(body), us(seconds));
const cuesFrom = (body: unknown, map = pieces([100, 104, 0], [160, 166, 4.6])) =>
  cuesOf(parse(body, 10.6), map, who).map((cue) => [cue.startUs / 1e6, cue.endUs / 1e6, textOf(cue)]);

test.each([
  [
    'OpenAI, words beside the segments and without punctuation',
    {
      task: 'transcribe',
      language: 'english',
      duration: 10.6,
      text: 'Hello, world. And good-bye.',
      segments: [
        { id: 0, start: 0.5, end: 2, text: ' Hello, world.', no_speech_prob: 0.1, avg_logprob: -0.2 },
        { id: 1, start: 5, end: 7, text: ' And good-bye.', no_speech_prob: 0.1, avg_logprob: -0.2 },
      ],
      words: [
        { word: 'Hello', start: 0.6, end: 1 },
        { word: 'world', start: 1.2, end: 1.9 },
        { word: 'And', start: 5, end: 5.4 },
        { word: 'good', start: 5.6, end: 6 },
        { word: 'bye', start: 6.2, end: 6.8 },
      ],
    },
  ],
  [
    'whisper.cpp, words inside the segments, with spaces',
    {
      language: 'en',
      duration: 10.6,
      text: ' Hello, world. And good-bye.\n',
      segments: [
        {
          ...{ id: 0, text: ' Hello, world.', start: 0.5, end: 2 },
          words: [
            { word: ' Hello,', start: 0.6, end: 1, t_dtw: -1, probability: 0.9 },
            { word: ' world.', start: 1.2, end: 1.9, t_dtw: -1, probability: 0.9 },
          ],
        },
        {
          ...{ id: 1, text: ' And good-bye.', start: 5, end: 7 },
          words: [
            { word: ' And', start: 5, end: 5.4, t_dtw: -1, probability: 0.9 },
            { word: ' good-bye.', start: 5.6, end: 6.8, t_dtw: -1, probability: 0.9 },
          ],
        },
      ],
    },
  ],
  [
    'numbers as text, nothing where nothing is known',
    {
      language: null,
      duration: '10.60',
      text: 'Hello, world. And good-bye.',
      segments: [
        { start: '0.6', end: '1.9', text: 'Hello, world.', words: null, no_speech_prob: null },
        { start: '5', end: '6.8', text: 'And good-bye.' },
      ],
      words: null,
    },
  ],
])('%s: the same cues', (_, body) => {
  expect(cuesFrom(body)).toEqual([
    [100.6, 101.9, 'Hello, world.'],
    [160.4, 162.2, 'And good-bye.'],
  ]);
});

test('text alone is one segment as long as its chunk, and says that it has no times', () => {
  const reply = parse({ text: ' Good evening everybody. ', usage: { type: 'tokens' } });
  expect(reply.timed).toBe(false);
  expect(cuesOf(reply, pieces([50, 60, 0]), who)).toMatchObject([{ startUs: us(50), endUs: us(60) }]);
  expect(parse({ text: '', segments: [] })).toEqual({ timed: true, segments: [] });
});

test.each([
  '<html>Sign in</html>',
  '',
  'null',
  '[]',
  '{}',
  '{"text":7}',
  '{"segments":[{"start":"x","end":1,"text":"a"}]}',
])('garbage is named as such: %s', (body) => {
  expect(() => parseReply(body, 1)).toThrow(ReplyError);
});

test('what was made up in silence is dropped; so is what the model itself doubts', () => {
  const said = { start: 1, end: 3, text: 'Said.' };
  const cues = cuesFrom({
    segments: [
      said,
      { start: 4.05, end: 4.55, text: 'Thanks for watching!' },
      { start: 30, end: 32, text: 'Subtitles by nobody' },
      { start: 5, end: 6, text: 'you', no_speech_prob: 0.9, avg_logprob: -1.2 },
      { start: 6, end: 7, text: 'Kept.', no_speech_prob: 0.9, avg_logprob: -0.3 },
      { start: 8, end: 9, text: '  ' },
    ],
  });
  expect(cues.map(([, , text]) => text)).toEqual(['Said.', 'Kept.']);
});

test('a sentence over a pause that the chunk shortened ends there and goes on after it', () => {
  const words = ['One', 'two', 'three', 'four'];
  const segment = {
    start: 3,
    end: 6,
    text: 'One two, three four.',
    words: words.map((word, index) => ({
      word,
      start: [3, 3.5, 4.8, 5.4][index],
      end: [3.4, 3.9, 5.2, 5.9][index],
    })),
  };
  expect(cuesFrom({ segments: [segment] })).toEqual([
    [103, 103.9, 'One two,'],
    [160.2, 161.3, 'three four.'],
  ]);
  // A short one does not.
  expect(cuesFrom({ segments: [segment] }, pieces([100, 104, 0], [105, 110, 4.6]))).toHaveLength(1);
});

test('times beyond the chunk, backwards or below nothing are brought inside', () => {
  const reply = parse({
    segments: [
      { start: -1, end: 99, text: 'a' },
      { start: 5, end: 4, text: 'b' },
    ],
  });
  expect(reply.segments.map(({ startUs, endUs }) => [startUs, endUs])).toEqual([
    [0, us(10)],
    [us(5), us(5)],
  ]);
});

test('the language is what most replies say, as a code or not at all', () => {
  expect(commonLanguage(['de', 'en', undefined, 'de', 'german', 'english'])).toBe('de');
  expect(commonLanguage(['english', 'haitian creole', 'haitian creole'])).toBe('ht');
  expect(commonLanguage(['klingon', 'xx', 'q1', '', undefined])).toBeUndefined();
});

import { expect, test } from 'vitest';
import {
  privatePanel,
  publicPanel,
  withoutLinkButtons,
  type Panel,
  type PanelInput,
} from '../../src/bot/panels/episode-panel.ts';
import type { EpisodeState, Transcript } from '../../src/catalog/index.ts';
import { messageFaults } from '../../src/simulator/rest/message-rules.ts';
import { en } from '../../templates/messages/en.ts';

const input = (state: EpisodeState, fields: Partial<PanelInput['episode']> = {}): PanelInput => ({
  episode: {
    ...{ id: 'e-1', session_id: 's-1', title: 'Open *ears*', state, failure: null },
    ...{ duration_us: 3_723_000_000, integrated_lufs: -19.04, true_peak_dbtp: -1.26 },
    chapters: [{ startUs: 0, title: 'Start' }],
    visibility: 'public',
    ...fields,
  },
  percent: 42,
  page: 'https://casts.example.org/page/',
  feed: 'https://casts.example.org/feed.xml',
});
const rawTracks = 'https://casts.example.org/raw/s-1/tracks.zip?signature=secret';
const unmastered = { duration_us: null, integrated_lufs: null, true_peak_dbtp: null, chapters: [] };

/** `label -> custom id or address`, a leading `-` where it cannot be pressed. */
const buttons = ({ components }: Panel): string[] =>
  components.flatMap(({ components: row }) =>
    row.map((each) => {
      const { label, custom_id, url, disabled } = each as unknown as Record<
        string,
        string | boolean | undefined
      >;
      return `${disabled ? '-' : ''}${String(label)} -> ${String(custom_id ?? url)}`;
    }),
  );

test.each<[EpisodeState, Partial<PanelInput['episode']>, string, string[]]>([
  ['mastering', unmastered, '42 %', [`Raw tracks -> ${rawTracks}`]],
  [
    'ready',
    {},
    '1 h 02 min · −19.0 LUFS · peak −1.3 dBTP · 1 chapter',
    ['Publish -> episode:publish:e-1', `Raw tracks -> ${rawTracks}`],
  ],
  ['publishing', {}, 'Publishing', [`Raw tracks -> ${rawTracks}`]],
  [
    'published',
    {},
    'Feed, for any podcast app: https://casts.example.org/feed.xml',
    [
      'Open the episode -> https://casts.example.org/page/',
      'RSS feed -> https://casts.example.org/feed.xml',
      `Raw tracks -> ${rawTracks}`,
    ],
  ],
  [
    'published',
    { failure: 'the store is full.' },
    'the store is full',
    [
      'Open the episode -> https://casts.example.org/page/',
      'RSS feed -> https://casts.example.org/feed.xml',
      `Raw tracks -> ${rawTracks}`,
    ],
  ],
  [
    'failed',
    { ...unmastered, failure: 'ffmpeg is missing.' },
    'ffmpeg is missing.',
    ['Try again -> episode:retry:e-1', `Raw tracks -> ${rawTracks}`],
  ],
  [
    'failed',
    { failure: 'the store is full.' },
    'the store is full.',
    ['Try again -> episode:publish:e-1', `Raw tracks -> ${rawTracks}`],
  ],
])('for the host, %s', (state, fields, words, expected) => {
  const panel = privatePanel({ ...input(state, fields), rawTracks }, en);
  expect(panel.content).toContain('Open \\*ears\\*');
  expect(panel.content).toContain(words);
  expect(buttons(panel)).toEqual(expected);
  expect(messageFaults({ ...panel }, true)).toEqual([]);
});

test.each<['ready' | 'published']>([['ready'], ['published']])(
  'for the host, %s: what became of the transcript',
  (state) => {
    const panel = (fields: Partial<Transcript>) => {
      const transcript: Transcript = {
        ...{ episode_id: 'e-1', state: 'ready', note: null, language: null, cues: 1, updated_at: new Date() },
        ...{ vtt_key: null, srt_key: null, json_key: null },
        ...fields,
      };
      return privatePanel({ ...input(state, { transcript }), rawTracks }, en).content;
    };
    const whole = panel({});
    expect(whole).not.toContain('📝');
    expect(panel({ state: 'skipped', note: 'No transcript.' })).toBe(whole);
    expect(panel({ state: 'making' })).toContain(en.episode.transcriptMaking);
    expect(panel({ note: 'Missing: *Tobias*.' })).toContain('📝 Missing: \\*Tobias\\*.');
    expect(panel({ state: 'failed', note: 'No transcript was made: x.' })).toContain(
      '📝 No transcript was made',
    );
  },
);

test.each<[EpisodeState, Partial<PanelInput['episode']>, string, string[]]>([
  ['mastering', unmastered, '42 %', ['-Publish -> episode:publish:e-1', 'Raw tracks -> session:raw:s-1']],
  ['ready', {}, en.episode.forHosts, ['Publish -> episode:publish:e-1', 'Raw tracks -> session:raw:s-1']],
  ['publishing', {}, 'Publishing', ['-Publish -> episode:publish:e-1', 'Raw tracks -> session:raw:s-1']],
  [
    'published',
    {},
    'is published',
    [
      'Open the episode -> https://casts.example.org/page/',
      'RSS feed -> https://casts.example.org/feed.xml',
      'Raw tracks -> session:raw:s-1',
    ],
  ],
  [
    'failed',
    unmastered,
    'could not be finished',
    ['Try again -> episode:retry:e-1', 'Raw tracks -> session:raw:s-1'],
  ],
])('for everybody, %s: the first line stays, and no bearer link', (state, fields, words, expected) => {
  const panel = publicPanel(input(state, fields), 'It has ended.', en);
  expect(panel.content.split('\n')[0]).toBe('It has ended.');
  expect(panel.content).toContain(words);
  expect(buttons(panel)).toEqual(expected);
  expect(JSON.stringify(panel)).not.toContain('secret');
});

test('without link buttons the words still carry the addresses', () => {
  const panel = withoutLinkButtons(publicPanel(input('published'), 'It has ended.', en));
  expect(buttons(panel)).toEqual(['Raw tracks -> session:raw:s-1']);
  expect(panel.content).toContain('https://casts.example.org/page/');
  const alone = withoutLinkButtons(privatePanel({ ...input('publishing'), rawTracks }, en));
  expect(alone.components).toEqual([]);
});

test('the longest title and reason fit into a message', () => {
  const panel = privatePanel(
    { ...input('failed', { title: '*'.repeat(5_000), failure: '_'.repeat(5_000) }), rawTracks },
    en,
  );
  expect(messageFaults({ ...panel }, true)).toEqual([]);
});

test.each<[number | undefined, string]>([
  [undefined, '42 %'],
  [5_000, '42 % · a few seconds left'],
  [40_000, '42 % · less than a minute left'],
  [52_000, '42 % · about 1 min left'],
  [11.6 * 60_000, '42 % · about 12 min left'],
  [95 * 60_000, '42 % · about 1 h 35 min left'],
])('mastering that takes %s ms more says so', (leftMs, words) => {
  const mastering = { ...input('mastering', unmastered), leftMs };
  expect(privatePanel({ ...mastering, rawTracks }, en).content.endsWith(words)).toBe(true);
  expect(publicPanel(mastering, 'Recorded.', en).content.endsWith(words)).toBe(true);
});

test('an episode from another host has no raw tracks and nothing to be mastered from; no row is empty', () => {
  const imported = (state: EpisodeState, fields: Partial<PanelInput['episode']> = {}) => {
    const of = input(state, { session_id: null, ...fields });
    return [privatePanel({ ...of, rawTracks: undefined }, en), publicPanel(of, 'Done.', en)];
  };
  const states: [EpisodeState, Partial<PanelInput['episode']>][] = [
    ['ready', {}],
    ['publishing', {}],
    ['published', {}],
    ['failed', { failure: 'the store is full.' }],
    ['failed', { ...unmastered, failure: 'it was taken down.' }],
  ];
  for (const [state, fields] of states)
    for (const panel of imported(state, fields)) {
      expect(buttons(panel).join()).not.toMatch(/raw|retry/i);
      expect(panel.components.every(({ components }) => components.length > 0)).toBe(true);
    }
  expect(buttons(imported('failed', { failure: 'x' })[0]!)).toEqual(['Try again -> episode:publish:e-1']);
});

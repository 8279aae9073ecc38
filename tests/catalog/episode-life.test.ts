import { expect, test } from 'vitest';
import { changesFeed, type EpisodeStep, nextEpisode } from '../../src/catalog/episode-life.ts';
import type { Episode, EpisodeState } from '../../src/catalog/index.ts';

const first = new Date('2026-01-01T10:00:00Z');
const later = new Date('2026-02-01T10:00:00Z');

const episode = (state: EpisodeState, fields: Partial<Episode> = {}): Episode => ({
  id: 'e',
  show_id: 's',
  session_id: 'r',
  guid: 'g',
  slug: 'talk',
  title: 'Talk',
  notes: '',
  state,
  failure: null,
  duration_us: state === 'mastering' ? null : 1,
  integrated_lufs: null,
  true_peak_dbtp: null,
  edit: null,
  pieces: null,
  chapters: [],
  cover_key: null,
  kind: 'full',
  season: null,
  number: null,
  visibility: 'public',
  feed: {},
  publish_at: null,
  withdrawn_at: null,
  publishing_at: state === 'publishing' ? later : null,
  published_at: state === 'published' ? first : null,
  created_at: first,
  ...fields,
});
const unmastered = { duration_us: null, failure: 'no speech' };
const steps: Record<EpisodeStep['type'], EpisodeStep> = {
  ready: {
    type: 'ready',
    mastered: { durationUs: 2.4, integratedLufs: -19, truePeakDbtp: -1, chapters: [] },
  },
  remaster: { type: 'remaster' },
  redo: { type: 'redo' },
  publish: { type: 'publish', at: later },
  schedule: { type: 'schedule', at: later },
  withdraw: { type: 'withdraw', at: later },
  'take-down': { type: 'take-down', at: later, said: 'it was taken down' },
  published: { type: 'published' },
  failed: { type: 'failed', failure: 'why' },
  fault: { type: 'fault', failure: 'its MP3 is gone' },
};

test.each<[EpisodeStep['type'], Episode, EpisodeState | 'refused']>([
  ['ready', episode('mastering'), 'ready'],
  ['ready', episode('failed', unmastered), 'ready'],
  ['ready', episode('failed'), 'refused'],
  ['ready', episode('ready'), 'refused'],
  ['ready', episode('published'), 'refused'],
  ['remaster', episode('failed', unmastered), 'mastering'],
  ['remaster', episode('failed'), 'mastering'],
  ['remaster', episode('ready'), 'mastering'],
  ['remaster', episode('published'), 'mastering'],
  ['remaster', episode('mastering'), 'refused'],
  ['remaster', episode('publishing'), 'refused'],
  ['redo', episode('mastering'), 'mastering'],
  ['redo', episode('ready'), 'mastering'],
  ['redo', episode('publishing'), 'mastering'],
  ['redo', episode('published'), 'mastering'],
  ['redo', episode('failed'), 'mastering'],
  ['publish', episode('ready'), 'publishing'],
  ['publish', episode('published'), 'publishing'],
  ['publish', episode('failed'), 'publishing'],
  ['publish', episode('failed', unmastered), 'refused'],
  ['publish', episode('mastering'), 'refused'],
  ['publish', episode('publishing'), 'refused'],
  ['schedule', episode('ready'), 'ready'],
  ['schedule', episode('failed'), 'ready'],
  ['schedule', episode('failed', unmastered), 'refused'],
  ['schedule', episode('mastering'), 'refused'],
  ['schedule', episode('published'), 'refused'],
  ['withdraw', episode('published'), 'ready'],
  ['withdraw', episode('ready'), 'refused'],
  ['withdraw', episode('publishing'), 'refused'],
  ['take-down', episode('published'), 'failed'],
  ['take-down', episode('publishing'), 'failed'],
  ['take-down', episode('ready'), 'failed'],
  ['take-down', episode('mastering', { duration_us: 1, published_at: first }), 'failed'],
  // A render that was under way when it was taken down brings nothing back; one that a host asks for does.
  ['ready', episode('failed', { ...unmastered, withdrawn_at: later }), 'refused'],
  ['remaster', episode('failed', { ...unmastered, withdrawn_at: later }), 'mastering'],
  // There is nothing here that it could be made from.
  ['remaster', episode('published', { session_id: null }), 'refused'],
  ['publish', episode('ready', { session_id: null }), 'publishing'],
  ['published', episode('publishing'), 'published'],
  ['published', episode('ready'), 'refused'],
  ['failed', episode('mastering'), 'failed'],
  // Made anew in vain, it stays what it was.
  ['failed', episode('mastering', { duration_us: 1, published_at: first }), 'published'],
  ['failed', episode('mastering', { duration_us: 1 }), 'failed'],
  ['failed', episode('mastering', { duration_us: 1, published_at: first, withdrawn_at: later }), 'failed'],
  ['failed', episode('publishing', { published_at: first, withdrawn_at: later }), 'failed'],
  ['failed', episode('publishing'), 'failed'],
  ['failed', episode('publishing', { published_at: first }), 'published'],
  ['failed', episode('ready'), 'refused'],
  ['failed', episode('published'), 'refused'],
  ['fault', episode('published'), 'published'],
  ['fault', episode('publishing'), 'refused'],
  ['fault', episode('mastering'), 'refused'],
])('%s on %o', (type, before, expected) => {
  expect(nextEpisode(before, steps[type])?.state ?? 'refused').toBe(expected);
});

test('the first publication is dated by its request, and keeps that date for ever', () => {
  const published = nextEpisode(episode('publishing'), steps.published);
  expect(published).toMatchObject({ published_at: later, publishing_at: null });
  const again = nextEpisode(episode('publishing', { published_at: first }), steps.published);
  expect(again).toMatchObject({ published_at: first, publishing_at: null });
});

test('a new episode that cannot be made anew asks for mastering, not for publishing', () => {
  expect(nextEpisode(episode('mastering', { duration_us: 1 }), steps.failed)?.duration_us).toBeNull();
});

test('what was taken down stays so, also when a speaker of it is erased', () => {
  const taken = episode('failed', { ...unmastered, withdrawn_at: later });
  expect(nextEpisode(taken, steps.redo)).toEqual({ state: 'failed', failure: unmastered.failure });
});

test('microseconds come out whole', () => {
  expect(nextEpisode(episode('mastering'), steps.ready)?.duration_us).toBe(2);
});

test.each<[EpisodeState, EpisodeStep['type'], EpisodeState, boolean]>([
  ['mastering', 'ready', 'ready', false],
  ['ready', 'publish', 'publishing', true],
  ['published', 'publish', 'publishing', true],
  // The feed was written with the episode in it while it was `publishing`.
  ['publishing', 'published', 'published', false],
  ['publishing', 'failed', 'failed', true],
  ['mastering', 'failed', 'failed', false],
  // One that is mastered anew stands in the feed until then.
  ['mastering', 'take-down', 'failed', true],
  ['mastering', 'redo', 'mastering', true],
  ['mastering', 'failed', 'published', false],
  // The feed was written without it when the fault was found.
  ['published', 'fault', 'published', false],
])('from %s by %s to %s the feed changes: %s', (before, type, after, changes) => {
  expect(changesFeed(before, { state: after }, steps[type])).toBe(changes);
});

test('a moment set for publication is over once it is asked for; one that is withdrawn keeps its first date', () => {
  const scheduled = episode('ready', { publish_at: later });
  expect(nextEpisode(scheduled, steps.publish)?.publish_at).toBeNull();
  const out = episode('published', { withdrawn_at: null });
  const withdrawn = { ...out, ...nextEpisode(out, steps.withdraw) };
  expect(withdrawn).toMatchObject({ published_at: first, withdrawn_at: later });
  const again = { ...withdrawn, ...nextEpisode(withdrawn, steps.publish) };
  expect(nextEpisode(again, steps.published)).toMatchObject({ published_at: first, withdrawn_at: null });
});

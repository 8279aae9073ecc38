/** A feed of so many episodes that say what most do. */
import type { FeedItem, FeedShow } from '../../publisher/feed/model.ts';
import { DEFAULT_EPISODE_FEED, DEFAULT_SHOW_FEED } from '../../src/catalog/feed-settings.ts';
import { BASE_URL } from './long-show.ts';

const FIRST_DAY_MS = Date.UTC(2012, 0, 1);
const DAY_MS = 24 * 3600 * 1000;
const address = (rest: string) => `${BASE_URL}/${rest}`;

function itemOf(number: number): FeedItem {
  const media = address(`media/5e0c1d4c-0000-4000-8000-000000000001/${number}`);
  const file = (kind: string, mimeType: string, bytes: number) => ({
    ...{ url: `${media}/audio.${kind}`, mimeType, bytes, title: kind.toUpperCase() },
    ...{ bitsPerSecond: 96_000, sha256: number.toString(16).padStart(64, '0') },
  });
  return {
    ...DEFAULT_EPISODE_FEED,
    guid: `c0ffee00-0000-4000-8000-${String(number).padStart(12, '0')}`,
    title: `What we learned from talk ${number} & the one before`,
    notes:
      `With talk ${number} we look back on a week in which much went well, and some things did not.\n\n` +
      'There is more to say of it than fits in an hour, so bring your questions next week. '.repeat(3) +
      `\n\nNotes: https://example.org/talks/${number}`,
    pageUrl: address(`shows/wednesday-stage/episodes/talk-${number}/`),
    publishedAt: new Date(FIRST_DAY_MS + number * DAY_MS),
    ...{ durationUs: 3_600_000_000, explicit: false, kind: 'full', season: 1, number },
    enclosure: file('mp3', 'audio/mpeg', 43_200_000 + number),
    alternates: [file('m4a', 'audio/x-m4a', 28_800_000 + number)],
    transcripts: [
      { url: `${media}/transcript.vtt`, mimeType: 'text/vtt', isCaptions: true, language: 'en' },
      { url: `${media}/transcript.srt`, mimeType: 'application/x-subrip', isCaptions: true, language: 'en' },
    ],
    chaptersUrl: address(`shows/wednesday-stage/episodes/talk-${number}/chapters.json`),
    persons: [{ name: 'Ada', role: 'host' }, { name: `Guest ${number}` }],
  };
}

/** The newest first. */
export const sampleFeed = (episodes: number): FeedShow => ({
  ...DEFAULT_SHOW_FEED,
  title: 'The Wednesday Stage',
  description: 'Four people, one stage, no slides. Recorded live every week.',
  author: 'The Wednesday Collective',
  ...{ language: 'en', category: 'Technology', subcategory: undefined, explicit: false },
  podcastGuid: '9b024349-ccf0-5f69-a609-6b82873eab3c',
  feedUrl: address('shows/wednesday-stage/feed.xml'),
  pageUrl: address('shows/wednesday-stage/'),
  imageUrl: address('art/cover.jpg'),
  items: Array.from({ length: episodes }, (_, index) => itemOf(episodes - index)),
  liveItems: [],
});

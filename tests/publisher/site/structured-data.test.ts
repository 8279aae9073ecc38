import { expect, test } from 'vitest';
import {
  episodeData,
  isoDuration,
  jsonForHtml,
  seriesData,
} from '../../../publisher/site/structured-data.ts';

const hostile = `</script><script>alert(1)</script><!-- \u2028\u202e ]]> & "quoted" \\ 🎙️`;

test('nothing in it ends the element that it stands in, turns text round, or changes what it says', () => {
  const json = jsonForHtml({ [hostile]: [hostile] });
  expect(json).not.toMatch(/[<>&\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
  expect(JSON.parse(json)).toEqual({ [hostile]: [hostile] });
});

test.each([
  [0, 'PT0S'],
  [59, 'PT59S'],
  [60, 'PT1M'],
  [3600, 'PT1H'],
  [3723, 'PT1H2M3S'],
])('%i s is %s', (seconds, text) => {
  expect(isoDuration(seconds)).toBe(text);
});

const series = {
  ...{ title: hostile, description: 'About.', author: 'Us', language: 'en' },
  pageUrl: 'https://x.example/shows/a/',
  imageUrl: 'https://x.example/art/a.jpg',
  feedUrl: 'https://x.example/shows/a/feed.xml',
};

test('a show is a PodcastSeries with its feed', () => {
  expect(JSON.parse(seriesData(series))).toEqual({
    '@context': 'https://schema.org',
    '@type': 'PodcastSeries',
    name: hostile,
    url: series.pageUrl,
    webFeed: series.feedUrl,
    description: 'About.',
    inLanguage: 'en',
    image: series.imageUrl,
    author: { '@type': 'Organization', name: 'Us' },
  });
});

test('an episode is a PodcastEpisode of it, with its audio, its place and its transcript', () => {
  const data: unknown = JSON.parse(
    episodeData({
      ...{
        title: 'One',
        description: 'About one.',
        language: 'en',
        publishedIso: '2026-11-18T20:00:00.000Z',
      },
      ...{ pageUrl: 'https://x.example/1', imageUrl: series.imageUrl, durationSeconds: 754 },
      ...{ season: 2, number: 7, series, transcriptUrl: 'https://x.example/1.vtt' },
      audio: [{ url: 'https://x.example/1.mp3', mimeType: 'audio/mpeg' }],
    }),
  );
  expect(data).toMatchObject({
    '@type': 'PodcastEpisode',
    datePublished: '2026-11-18T20:00:00.000Z',
    duration: 'PT12M34S',
    episodeNumber: 7,
    partOfSeason: { '@type': 'PodcastSeason', seasonNumber: 2 },
    partOfSeries: { '@type': 'PodcastSeries', webFeed: series.feedUrl },
    associatedMedia: [
      {
        '@type': 'AudioObject',
        contentUrl: 'https://x.example/1.mp3',
        encodingFormat: 'audio/mpeg',
        duration: 'PT12M34S',
        transcript: 'https://x.example/1.vtt',
      },
    ],
  });
});

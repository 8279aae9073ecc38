import { expect, test } from 'vitest';
import { podcastGuid } from '../../src/catalog/podcast-guid.ts';

test('is what Podnews Daily has in its feed', () => {
  expect(podcastGuid('https://podnews.net/rss', 'show')).toBe('9b024349-ccf0-5f69-a609-6b82873eab3c');
});

test('scheme and trailing slashes make no difference', () => {
  const guids = ['http://podnews.net/rss', 'https://podnews.net/rss/', 'https://podnews.net/rss//'].map(
    (url) => podcastGuid(url, 'show'),
  );
  expect(new Set(guids)).toEqual(new Set(['9b024349-ccf0-5f69-a609-6b82873eab3c']));
});

test.each([undefined, 'http://localhost:8080/shows/talk/feed.xml', 'http://127.0.0.1/x', 'http://[::1]/x'])(
  'two shows at %s, which every installation may have, differ',
  (url) => {
    expect(podcastGuid(url, 'one')).not.toBe(podcastGuid(url, 'two'));
    expect(podcastGuid(url, 'one')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  },
);

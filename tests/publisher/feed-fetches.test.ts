import { expect, test, vi } from 'vitest';
import { directoryOf } from '../../publisher/directories.ts';
import { createFeedFetches } from '../../publisher/feed-fetches.ts';

test.each([
  ['iTMS', 'Apple Podcasts'],
  ['Spotify/1.0', 'Spotify'],
  ['Amazon Music Podcast', 'Amazon Music'],
  ['Overcast/1.0 Podcast Sync (123 subscribers; feed-id=456789; +http://overcast.fm/)', 'Overcast'],
  ['PocketCasts/1.0 (Pocket Casts Feed Parser; +http://pocketcasts.com/)', 'Pocket Casts'],
  ['Podcastindex.org/1.0.0 (Aggrivator)', 'Podcast Index'],
  // Listeners of theirs, who fetch audio and no feeds for others.
  ['Overcast/3.0 (+http://overcast.fm/; iOS podcast app)', undefined],
  ['AppleCoreMedia/1.0.0.20A362', undefined],
  ['Mozilla/5.0 (X11; Linux x86_64)', undefined],
  [`Overcast/1.0 Podcast Sync ${'x'.repeat(1000)}`, undefined],
  ['', undefined],
  [undefined, undefined],
])('%j is %j', (agent, name) => {
  expect(directoryOf(agent)).toBe(name);
});

test('of many fetches the last of each is written, together; a catalog that is away costs no fetch', async () => {
  const noteFetch = vi.fn(() => Promise.resolve());
  const warn = vi.fn();
  const fetches = createFeedFetches({ health: { noteFetch }, logger: { warn }, everyMs: 60_000 });
  for (const status of [200, 304, 304]) fetches.note('a', 'iTMS', status);
  fetches.note('b', 'iTMS', 200);
  fetches.note('a', 'curl/8', 200);
  expect(noteFetch).not.toHaveBeenCalled();
  await fetches.close();
  const at = expect.any(Date) as Date;
  expect(noteFetch.mock.calls).toEqual([
    [{ showSlug: 'a', directory: 'Apple Podcasts', at, status: 304 }],
    [{ showSlug: 'b', directory: 'Apple Podcasts', at, status: 200 }],
  ]);
  noteFetch.mockRejectedValue(new Error('away'));
  fetches.note('a', 'iTMS', 200);
  await fetches.close();
  expect(warn).toHaveBeenCalledTimes(1);
});

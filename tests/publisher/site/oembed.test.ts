import { describe, expect, test } from 'vitest';
import { episodeOfAddress, renderOembed } from '../../../publisher/site/oembed.ts';

const facts = {
  ...{ title: `"><script>`, author: 'Us', siteName: 'The Wednesday Stage' },
  showUrl: 'https://pods.example/shows/a/',
  siteUrl: 'https://pods.example/shows/a/',
  embedUrl: 'https://pods.example/shows/a/episodes/b/embed/',
  thumbnail: { url: 'https://pods.example/art/a.jpg', width: 1400, height: 1400 },
};

test('the answer has what the specification wants of a rich one', () => {
  expect(renderOembed(facts)).toMatchObject({
    ...{ version: '1.0', type: 'rich', width: 600, height: 240, provider_name: 'The Wednesday Stage' },
    ...{ thumbnail_url: 'https://pods.example/art/a.jpg', thumbnail_width: 1400, thumbnail_height: 1400 },
  });
  expect(renderOembed(facts).html).toMatch(
    /^<iframe src="https:\/\/pods\.example\/shows\/a\/episodes\/b\/embed\/" width="600" height="240" title="&quot;&gt;&lt;script&gt;"/,
  );
  expect(renderOembed({ ...facts, thumbnail: undefined })).not.toHaveProperty('thumbnail_width');
});

test.each([
  [{ maxWidth: 400 }, 400, 240],
  [{ maxWidth: 1, maxHeight: 1 }, 260, 160],
  [{ maxWidth: 9999, maxHeight: 200 }, 600, 200],
])('within %j it is %i by %i', (limits, width, height) => {
  expect(renderOembed(facts, limits)).toMatchObject({ width, height });
});

describe('the address of an episode', () => {
  const slugOf = (host: string) => Promise.resolve(host === 'stage.example' ? 'stage' : undefined);
  test.each([
    ['https://pods.example/shows/a/episodes/b/', { show: 'a', episode: 'b' }],
    ['http://pods.example/shows/a/episodes/b?t=10', { show: 'a', episode: 'b' }],
    ['https://pods.example/shows/a/episodes/%C3%A9/', { show: 'a', episode: 'é' }],
    ['https://stage.example/episodes/b/', { show: 'stage', episode: 'b' }],
    ['https://stage.example/shows/stage/episodes/b/', undefined],
    ['https://other.example/shows/a/episodes/b/', undefined],
    ['https://pods.example/shows/a/', undefined],
    ['https://pods.example/shows/a/episodes/b/embed/', undefined],
    ['https://pods.example/shows/a/episodes/%ff/', undefined],
    ['file:///shows/a/episodes/b/', undefined],
    ['javascript:alert(1)', undefined],
    ['', undefined],
  ])('%s', async (address, expected) => {
    expect(await episodeOfAddress(address, 'https://pods.example', slugOf)).toEqual(expected);
  });
  test('below a base URL with a folder', async () => {
    const base = 'https://x.example/pods';
    expect(await episodeOfAddress(`${base}/shows/a/episodes/b/`, base, slugOf)).toBeDefined();
    expect(await episodeOfAddress('https://x.example/shows/a/episodes/b/', base, slugOf)).toBeUndefined();
  });
});

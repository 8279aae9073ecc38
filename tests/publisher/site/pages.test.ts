import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { publishShow } from '../../../publisher/site/publish-show.ts';
import type { PublishableEpisode, Show } from '../../../src/catalog/index.ts';
import { BASE_URL, catalogOf, guild, show, storedEpisode, temporaryFolder } from '../shelf.ts';

async function pagesOf(
  episodeFields: Partial<PublishableEpisode> = {},
  showFields: Partial<Show> = {},
  furnish: (media: MediaStore) => Promise<void> = () => Promise.resolve(),
) {
  const media = createFolderStore(await temporaryFolder());
  await furnish(media);
  const episodes = [await storedEpisode(media, 1, episodeFields)];
  const catalog = catalogOf({ guilds: [guild], shows: [{ ...show, ...showFields }], episodes, sessions: [] });
  await publishShow({ catalog, media, baseUrl: BASE_URL }, show.id);
  const page = async (key: string) => text((await media.read(key))!.body);
  return {
    media,
    show: await page('shows/wednesday-stage/index.html'),
    episode: await page('shows/wednesday-stage/episodes/episode-1/index.html'),
  };
}

test('the episode page plays, lists its chapters and says whose it is, without a script', async () => {
  const { episode } = await pagesOf();
  for (const expected of [
    '<h1 dir="auto" lang="en">Episode 1</h1>',
    /<audio[^>]* controls[^>]* preload="none"/,
    /<source\s+src="\.\.\/\.\.\/\.\.\/\.\.\/media\/[^"]+\.mp3"\s+type="audio\/mpeg"/,
    /href="\?t=61"/,
    '<bdi lang="en">Questions</bdi>',
    '<time datetime="2026-11-11T20:00:00.000Z">November 11, 2026</time>',
    '<p>What was said, and by whom.</p>',
    '<link rel="canonical" href="https://podcasts.example.org/shows/wednesday-stage/episodes/episode-1/"',
    'type="application/rss+xml"',
    '<meta property="og:audio" content="https://podcasts.example.org/media/',
    'href="../../">',
  ])
    expect(episode).toMatch(expected);
});

test('the show page tells what it is, how to follow it, and leads to its episodes', async () => {
  const { show: page } = await pagesOf();
  for (const expected of [
    '<h1 dir="auto" lang="en">The Wednesday Stage</h1>',
    'href="pcast://podcasts.example.org/shows/wednesday-stage/feed.xml"',
    'href="https://podcasts.example.org/shows/wednesday-stage/feed.xml"',
    '<a href="episodes/episode-1/">Episode 1</a>',
    '13 min',
  ])
    expect(page).toMatch(expected);
});

test('a page asks nobody else for anything, holds no inline script or style, and is light', async () => {
  const { media, ...pages } = await pagesOf();
  const styles = (await media.list('assets/')).filter((key) => key.endsWith('.css') || key.endsWith('.js'));
  const assetBytes = (await Promise.all(styles.map((key) => media.head(key)))).reduce(
    (sum, object) => sum + object!.bytes,
    0,
  );
  for (const page of Object.values(pages)) {
    for (const [, address] of page.matchAll(
      /<(?:script|img|source|link rel="(?:stylesheet|icon)")[^>]*?(?:src|href)="([^"]*)"/g,
    ))
      expect(address).not.toMatch(/^(?:[a-z]+:)?\/\//);
    // A data block is no script (HTML, section 4.12.1): what it holds is never run.
    expect(page).not.toMatch(
      /<style|<script(?![^>]* src=|[^>]* type="application\/ld\+json")|\sstyle=|\son[a-z]+=/,
    );
    expect(Buffer.byteLength(page) + assetBytes).toBeLessThan(50_000);
  }
});

describe('hostile text', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> ' & \u0007 \u202e ]]>`;
  test('stays text wherever it stands', async () => {
    const pages = await pagesOf(
      { title: hostile, notes: hostile, chapters: [{ startUs: 0, title: hostile }] },
      { title: hostile, description: hostile, author: hostile, language: hostile },
    );
    for (const page of [pages.show, pages.episode]) {
      expect(page).not.toMatch(/<script>|<img src=x/);
      expect(page).not.toContain('\u0007');
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
    // It stands on no page; a show that is not out yet is refused with it, and told why.
    const refused = pagesOf({}, { category: hostile, published_at: null });
    await expect(refused).rejects.toThrow('is no category of');
    const out = await pagesOf({}, { category: hostile });
    for (const page of [out.show, out.episode]) expect(page).not.toMatch(/alert\(1\)/);
  });
  test('a hundred thousand characters make no page of a hundred thousand', async () => {
    const pages = await pagesOf({ title: 'x'.repeat(100_000), notes: '<'.repeat(100_000) });
    expect(pages.show.length).toBeLessThan(20_000);
    expect(pages.episode.length).toBeLessThan(100_000);
  });

  test('structured data is what was said, and ends where it should', async () => {
    const pages = await pagesOf({ title: hostile, notes: hostile }, { title: hostile, description: hostile });
    for (const page of [pages.show, pages.episode]) {
      const blocks = [...page.matchAll(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/g)];
      expect(blocks).toHaveLength(1);
      const data = JSON.parse(blocks[0]![1]!) as { name: string };
      // As everywhere, without what turns text round.
      expect(data.name).toBe(`"><script>alert(1)</script><img src=x onerror=alert(1)> ' & ]]>`);
    }
  });

  test('nor does it leave the player for other sites, or what they are told of it', async () => {
    const { media } = await pagesOf({
      title: hostile,
      chapters: [0, 5, 10].map((s) => ({ startUs: s * 1e6, title: hostile })),
    });
    const embed = await text(
      (await media.read('shows/wednesday-stage/episodes/episode-1/embed/index.html'))!.body,
    );
    expect(embed).not.toMatch(/<script>|<img src=x|\u202e/);
    expect(embed.match(/<script\s/g)).toHaveLength(1);
    const facts = await text(
      (await media.read('shows/wednesday-stage/episodes/episode-1/oembed.json'))!.body,
    );
    expect(() => JSON.parse(facts) as unknown).not.toThrow();
  });

  test('voices and words of a transcript stay text, and no turn is endless', async () => {
    const key = 'media/transcript.json';
    const segments = [
      { speaker: hostile, startTime: 1, body: hostile },
      { speaker: 'x'.repeat(100_000), startTime: 2, body: 'y'.repeat(100_000) },
    ];
    const transcript = { vtt_key: null, srt_key: null, json_key: key, note: null, language: hostile };
    const { episode } = await pagesOf(
      { transcript: transcript as unknown as NonNullable<PublishableEpisode['transcript']> },
      {},
      async (media) => {
        await media.put(
          key,
          { body: Buffer.from(JSON.stringify({ segments })) },
          { contentType: 'application/json' },
        );
      },
    );
    expect(episode).toContain('class="turn"');
    expect(episode).not.toMatch(/<script>|<img src=x/);
    expect(episode.length).toBeLessThan(30_000);
  });
});

test('what is not there leaves no empty place', async () => {
  const { episode } = await pagesOf({ notes: '', chapters: [] });
  expect(episode).not.toMatch(/Chapters|>Notes<|class="strip"/);
});

import { expect, test } from 'vitest';
import {
  renderOpml,
  renderRobots,
  renderSitemap,
  renderSitemapIndex,
} from '../../../publisher/site/for-crawlers.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { faultsOf } from '../feed/well-formed.ts';
import { BASE_URL, show, storedEpisode, temporaryFolder } from '../shelf.ts';

const hostile = `]]> & <b> "x" ' \u0007 \ud800 🎙️`;

test('a sitemap names the show and every episode, with their days, under the host they live on', async () => {
  const episode = await storedEpisode(createFolderStore(await temporaryFolder()), 1);
  const xml = renderSitemap({ baseUrl: BASE_URL, slug: 'wednesday-stage' }, [episode]);
  expect(await faultsOf(xml)).toEqual([]);
  expect(xml).toContain(
    `<url><loc>${BASE_URL}/shows/wednesday-stage/episodes/episode-1/</loc><lastmod>2026-11-11T20:00:00.000Z</lastmod></url>`,
  );
  const own = renderSitemap({ baseUrl: BASE_URL, slug: 'wednesday-stage', domain: 'stage.example' }, [
    episode,
  ]);
  expect(own).toContain('<loc>https://stage.example/episodes/episode-1/</loc>');
  expect(own).not.toContain(BASE_URL);
});

test('the index names the sitemaps of the shows that live here', async () => {
  const xml = renderSitemapIndex(BASE_URL, [show, { slug: 'away', custom_domain: 'away.example' }]);
  expect(await faultsOf(xml)).toEqual([]);
  expect(xml).toContain(`<loc>${BASE_URL}/shows/wednesday-stage/sitemap.xml</loc>`);
  expect(xml).not.toContain('away');
});

test('the list of feeds holds hostile titles as text', async () => {
  const xml = renderOpml(BASE_URL, [{ ...show, title: hostile }]);
  expect(await faultsOf(xml)).toEqual([]);
  expect(xml).toContain(`xmlUrl="${BASE_URL}/shows/wednesday-stage/feed.xml"`);
  expect(xml).toContain('&lt;b&gt;');
});

test('crawlers are kept from what is behind signed links', () => {
  expect(renderRobots(`${BASE_URL}/sitemap.xml`)).toBe(
    `User-agent: *\nDisallow: /raw/\nDisallow: /exports/\n\nSitemap: ${BASE_URL}/sitemap.xml\n`,
  );
});

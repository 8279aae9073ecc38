/** What search engines and other programs look for: sitemaps, robots.txt and the list of all feeds. */
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { cleanLine, element, parent } from '../feed/xml.ts';
import { addressOf, episodePageKey, feedKey, showPageKey, sitemapKey } from './addresses.ts';
import { pageAddress, type Site } from './own-domain.ts';

export const SITEMAP_TYPE = 'application/xml; charset=utf-8';
/** OPML has no registered type; this one is what readers send and take (opml.org, "What is a .opml file?"). */
export const OPML_TYPE = 'text/x-opml; charset=utf-8';
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const SITEMAPS = 'http://www.sitemaps.org/schemas/sitemap/0.9';
/** sitemaps.org, protocol: so many addresses a file. */
const MAX_ADDRESSES = 50_000;

/** Every page of a show that a search may lead to. An episode's date is that of its publication. */
export function renderSitemap(site: Site, episodes: readonly PublishableEpisode[]): string {
  const [newest] = episodes;
  const entry = (key: string, changed?: Date) =>
    parent('url', [
      element('loc', pageAddress(site, key)),
      ...(changed === undefined ? [] : [element('lastmod', changed.toISOString())]),
    ]);
  return (
    XML +
    parent(
      'urlset',
      [
        entry(showPageKey(site.slug), newest?.published_at),
        ...episodes
          .slice(0, MAX_ADDRESSES - 1)
          .map(({ slug, published_at }) => entry(episodePageKey(site.slug, slug), published_at)),
      ],
      { xmlns: SITEMAPS },
    )
  );
}

/** The sitemaps of the shows that live under the base URL: those with a host of their own stand there (cross-host rules). */
export function renderSitemapIndex(
  baseUrl: string,
  shows: readonly Pick<Show, 'slug' | 'custom_domain'>[],
): string {
  const entries = shows
    .filter(({ custom_domain: domain }) => domain === null)
    .map(({ slug }) => parent('sitemap', [element('loc', addressOf(baseUrl, sitemapKey(slug)))]));
  return XML + parent('sitemapindex', entries, { xmlns: SITEMAPS });
}

/** RFC 9309. What is behind signed links is nobody's to list; audio is, and pages say themselves when they are not. */
export const renderRobots = (sitemapUrl: string): string =>
  `User-agent: *\nDisallow: /raw/\nDisallow: /exports/\n\nSitemap: ${sitemapUrl}\n`;

/** OPML 2.0 (opml.org/spec2.opml): every show's feed, for apps to take over at once. */
export function renderOpml(baseUrl: string, shows: readonly Show[]): string {
  const outlines = shows.map((show) => {
    const domain = show.custom_domain ?? undefined;
    return element('outline', undefined, {
      type: 'rss',
      text: cleanLine(show.title),
      title: cleanLine(show.title),
      xmlUrl: addressOf(baseUrl, feedKey(show.slug)),
      htmlUrl: pageAddress({ baseUrl, slug: show.slug, domain }, showPageKey(show.slug)),
    });
  });
  return (
    XML +
    parent('opml', [parent('head', [element('title', 'Shows')]), parent('body', outlines)], {
      version: '2.0',
    })
  );
}

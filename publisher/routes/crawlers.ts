/** Sitemaps, robots.txt, the list of all feeds, and oEmbed. */
import type { Hono } from 'hono';
import { text } from 'node:stream/consumers';
import { isKey } from '../media/key.ts';
import { NOT_FOUND } from '../messages.ts';
import { addressOf, oembedKey, sitemapKey } from '../site/addresses.ts';
import {
  OPML_TYPE,
  renderOpml,
  renderRobots,
  renderSitemapIndex,
  SITEMAP_TYPE,
} from '../site/for-crawlers.ts';
import { episodeOfAddress, type OembedFacts, renderOembed } from '../site/oembed.ts';
import { hostOf } from '../site/own-domain.ts';
import type { Kit } from './kit.ts';
import { answerMade } from './made.ts';

/** Players and lists of ours may be read by pages of other sites. */
const OPEN = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
const MAX_ADDRESS = 2000;

export function crawlerRoutes(app: Hono, { options, texts, explainShow, serveOr }: Kit): void {
  const { catalog, media, baseUrl } = options;

  app.get('/sitemap.xml', async (c) => {
    const index = renderSitemapIndex(baseUrl, await catalog.shows.listPublished());
    return answerMade(c, index, { texts, contentType: SITEMAP_TYPE });
  });
  app.get('/shows/:show/sitemap.xml', async (c) => {
    const slug = c.req.param('show');
    const answer = await serveOr(c, sitemapKey(slug), () => explainShow(slug, NOT_FOUND));
    // Feeds have the ending too, and the type that goes with it.
    if (answer.ok) answer.headers.set('Content-Type', SITEMAP_TYPE);
    return answer;
  });
  app.get('/shows.opml', async (c) => {
    const list = renderOpml(baseUrl, await catalog.shows.listPublished());
    return answerMade(c, list, { texts, contentType: OPML_TYPE, headers: OPEN });
  });
  app.get('/robots.txt', async (c) => {
    const host = hostOf(c.req.header('Host'));
    // Each host has its own sitemap; `/sitemap.xml` on a show's own host is that of the show. No other name is repeated.
    const isOwn = host !== undefined && (await catalog.shows.byDomain(host)) !== undefined;
    const base = isOwn ? `https://${host}` : baseUrl;
    return answerMade(c, renderRobots(addressOf(base, 'sitemap.xml')), {
      texts,
      contentType: 'text/plain; charset=utf-8',
    });
  });

  app.get('/oembed', async (c) => {
    const { url = '', format = 'json', maxwidth, maxheight } = c.req.query();
    // oEmbed 1.0, section 2.2: what is not spoken here is told so by 501, and what is not known by 404.
    if (format !== 'json') return c.text('Only JSON is spoken here.\n', 501);
    const slugOf = async (host: string) => (await catalog.shows.byDomain(host))?.slug;
    const place = url.length > MAX_ADDRESS ? undefined : await episodeOfAddress(url, baseUrl, slugOf);
    const key = place === undefined ? undefined : oembedKey(place.show, place.episode);
    const stored = key === undefined || !isKey(key) ? undefined : await media.read(key);
    if (stored === undefined) return c.text('No published episode here has this address.\n', 404, OPEN);
    const facts = JSON.parse(await text(stored.body)) as OembedFacts;
    const limits = { maxWidth: pixels(maxwidth), maxHeight: pixels(maxheight) };
    const answer = JSON.stringify(renderOembed(facts, limits));
    return answerMade(c, answer, { texts, contentType: 'application/json', headers: OPEN });
  });
}

const pixels = (value: string | undefined) =>
  value !== undefined && /^\d{1,5}$/.test(value) ? Number(value) : undefined;

/** The public web server: pages, feeds and media out of the media store, and raw tracks behind signed links. */
import { Hono } from 'hono';
import { originElsewhere } from './audience/delivery.ts';
import { createFeedShelf } from './feed-shelf.ts';
import { feedsFirst } from './feeds-first.ts';
import { answerPreflight } from './media/serve.ts';
import { StoreError } from './media/store-error.ts';
import { NOT_FOUND, OUR_FAULT, STORE_AWAY } from './messages.ts';
import type { PublisherOptions } from './options.ts';
import { ownHosts, sharedHost } from './own-hosts.ts';
import { audienceRoutes } from './routes/audience.ts';
import { crawlerRoutes } from './routes/crawlers.ts';
import { fileRoutes } from './routes/files.ts';
import { createKit } from './routes/kit.ts';
import { pageRoutes } from './routes/pages.ts';
import { studioRoutes } from './routes/studio.ts';
import { withoutTokens } from './members/redact.ts';
import { membersRoutes } from './members/routes.ts';
import { secureHeaders } from './secure-headers.ts';
import { addressOf, feedKey } from './site/addresses.ts';

export type { PublisherOptions } from './options.ts';

const READING = ['GET', 'HEAD', 'OPTIONS'];
/** RFC 9110, section 10.2.3: when a client may ask again. */
const STORE_AWAY_SECONDS = '60';

export function createPublisherApp(options: PublisherOptions): Hono {
  const { catalog, media, logger, baseUrl, nowMs } = options;
  const feeds = createFeedShelf({ media, addressOf: (key) => addressOf(baseUrl, key) });
  options.watch?.((event) => {
    if (event.type === 'feed') feeds.changed(event.feedKey);
  });
  const kit = createKit(options);
  const { say, explainShow, serveOr } = kit;
  const app = new Hono();

  app.use(ownHosts(app, { shows: catalog.shows, baseUrl, nowMs }));
  app.use(secureHeaders({ mediaOrigin: originElsewhere(options.audience?.delivery, media) }));
  app.use(async (c, next) => {
    // RFC 9110 section 15.5.6: what nothing here can do is told with what can be done.
    if (READING.includes(c.req.method)) return next();
    return c.text('Only reading is possible here.\n', 405, { Allow: READING.join(', ') });
  });
  app.onError((error, c) => {
    logger.error({ err: error, path: withoutTokens(c.req.path) }, 'a request failed');
    if (!(error instanceof StoreError)) return say(c, OUR_FAULT);
    c.header('Retry-After', STORE_AWAY_SECONDS);
    return say(c, STORE_AWAY);
  });
  app.notFound((c) => say(c, NOT_FOUND));

  app.get('/healthz', (c) => c.text('ok\n', 200, { 'Cache-Control': 'no-store' }));
  app.get('/shows/:show/feed.xml', async (c) => {
    const slug = c.req.param('show');
    const answer = await feeds.answer(c, feedKey(slug));
    if (answer === undefined) return say(c, await explainShow(slug, NOT_FOUND));
    options.feedFetches?.note(slug, c.req.header('User-Agent'), answer.status);
    return answer;
  });
  app.options('/shows/:show/feed.xml', answerPreflight);
  app.get('/shows/:show/:archive{feed-archive-[1-9][0-9]{0,3}\\.xml}', (c) => {
    const { show, archive } = c.req.param();
    return serveOr(c, `shows/${show}/${archive}`, () => explainShow(show, NOT_FOUND), { crossOrigin: true });
  });
  pageRoutes(app, kit);
  crawlerRoutes(app, kit);
  fileRoutes(app, kit);
  studioRoutes(app, kit);
  membersRoutes(app, kit);
  audienceRoutes(app, kit);
  const { feedFetches } = options;
  feedsFirst(app, {
    feeds,
    isShared: sharedHost(baseUrl),
    note: feedFetches && ((...fetch) => feedFetches.note(...fetch)),
  });
  return app;
}

/** The public web server: pages, feeds and media out of the media store, and raw tracks behind signed links. */
import path from 'node:path';
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { Catalog, Exports, Guilds, Sessions, Shows } from '../src/catalog/index.ts';
import { exportPage } from '../templates/pages/export-page.ts';
import { indexPage } from '../templates/pages/index-page.ts';
import { messagePage } from '../templates/pages/message-page.ts';
import { createFeedShelf } from './feed-shelf.ts';
import { answerPreflight, serveObject } from './media/serve.ts';
import type { MediaStore } from './media/store.ts';
import {
  EXPORT_DOWNLOAD,
  type Message,
  NOT_FOUND,
  OUR_FAULT,
  RAW_DOWNLOAD,
  UNKNOWN_SHOW,
  unknownEpisode,
  unpublishedShow,
} from './messages.ts';
import { secureHeaders } from './secure-headers.ts';
import { addressOf, chaptersKey, episodePageKey, feedKey, showPageKey } from './site/addresses.ts';
import { type Asset, assetHrefs, FOR_EVER, loadAssets } from './site/assets.ts';
import { indexView } from './site/views.ts';
import { answerExportFile, findExport } from './studio/export-download.ts';
import { exportView } from './studio/export-view.ts';
import { answerPeaks } from './studio/peaks-download.ts';
import { answerRawDownload } from './studio/raw-download.ts';

export interface PublisherOptions {
  catalog: {
    guilds: Pick<Guilds, 'byId'>;
    shows: Pick<Shows, 'byId' | 'bySlug' | 'listPublished'>;
    sessions: Pick<Sessions, 'byId'>;
    exports: Pick<Exports, 'byId'>;
  };
  media: MediaStore;
  sessionsFolder: string;
  exportsFolder: string;
  /** How far an export is, 0 to 100. */
  percentOf: (exportId: string) => number;
  /** News of the catalog: a feed that was written anew is served at once, not a second later. */
  watch?: Catalog['watch'];
  /** Proves that links for producers are ours. */
  signingKey: Uint8Array;
  /** Without a trailing slash. */
  baseUrl: string;
  logger: Logger;
  /** Milliseconds since 1970. */
  nowMs?: () => number;
}

const READING = ['GET', 'HEAD', 'OPTIONS'];

export function createPublisherApp(options: PublisherOptions): Hono {
  const { catalog, media, logger, nowMs = Date.now } = options;
  const feeds = createFeedShelf({ media, addressOf: (key) => addressOf(options.baseUrl, key) });
  options.watch?.((event) => {
    if (event.type === 'feed') feeds.changed(event.feedKey);
  });
  let loading: ReturnType<typeof loadAssets> | undefined;
  const assets = () => (loading ??= loadAssets());
  const app = new Hono();

  const say = async (c: Context, message: Message) => {
    const hrefs = assetHrefs(await assets(), (key) => `/${key}`);
    c.header('Cache-Control', 'no-store');
    return c.html(messagePage({ ...message, link: message.link, assets: hrefs }), message.status);
  };
  /** What is wrong with an address below a show that has nothing in the store. */
  const explainShow = async (slug: string, otherwise: Message): Promise<Message> => {
    const show = await catalog.shows.bySlug(slug);
    if (show === undefined) return UNKNOWN_SHOW;
    return show.published_at === null ? unpublishedShow(show.title) : otherwise;
  };
  const serveOr = async (c: Context, key: string, missing: () => Promise<Message> | Message) =>
    (await serveObject(c, key, { media, nowMs })) ?? say(c, await missing());
  const serveShared = async (c: Context) => {
    const key = keyOf(c);
    const found = key && (await serveObject(c, key, { media, nowMs, crossOrigin: true }));
    return found || say(c, NOT_FOUND);
  };

  app.use(secureHeaders());
  app.use(async (c, next) => {
    // RFC 9110 section 15.5.6: what nothing here can do is told with what can be done.
    if (READING.includes(c.req.method)) return next();
    return c.text('Only reading is possible here.\n', 405, { Allow: READING.join(', ') });
  });
  app.onError((error, c) => {
    logger.error({ err: error, path: c.req.path }, 'a request failed');
    return say(c, OUR_FAULT);
  });
  app.notFound((c) => say(c, NOT_FOUND));

  app.get('/healthz', (c) => c.text('ok\n', 200, { 'Cache-Control': 'no-store' }));
  app.get('/', async (c) => {
    const view = indexView(await catalog.shows.listPublished(), await assets());
    c.header('Cache-Control', 'public, max-age=60');
    return c.html(indexPage(view));
  });

  app.get('/shows/:show/feed.xml', async (c) => {
    const slug = c.req.param('show');
    return (await feeds.answer(c, feedKey(slug))) ?? say(c, await explainShow(slug, NOT_FOUND));
  });
  app.options('/shows/:show/feed.xml', answerPreflight);
  app.get('/shows/:show/', (c) => {
    const slug = c.req.param('show');
    return serveOr(c, showPageKey(slug), () => explainShow(slug, NOT_FOUND));
  });
  app.get('/shows/:show/episodes/:episode/', (c) => {
    const { show, episode } = c.req.param();
    return serveOr(c, episodePageKey(show, episode), () => explainShow(show, unknownEpisode(show)));
  });
  for (const page of ['/shows/:show', '/shows/:show/episodes/:episode'])
    app.get(page, (c) => c.redirect(`${new URL(c.req.url).pathname}/`, 301));
  const chapters = '/shows/:show/episodes/:episode/chapters.json';
  app.get(chapters, async (c) => {
    const { show, episode } = c.req.param();
    const found = await serveObject(c, chaptersKey(show, episode), { media, nowMs, crossOrigin: true });
    return found ?? say(c, await explainShow(show, unknownEpisode(show)));
  });
  app.options(chapters, answerPreflight);

  for (const folder of ['/media/*', '/art/*', '/assets/*']) {
    app.options(folder, answerPreflight);
    app.get(folder, async (c) => {
      const own = Object.values(await assets()).find(({ key }) => `/${key}` === c.req.path);
      return own === undefined ? serveShared(c) : serveAsset(c, own);
    });
  }

  app.get('/raw/:session/tracks.zip', async (c) => {
    const answer = await answerRawDownload(c, c.req.param('session'), { ...options, nowMs });
    return typeof answer === 'string' ? say(c, RAW_DOWNLOAD[answer]) : answer;
  });
  app.get('/raw/:session/peaks/:track{master|[0-9]{1,3}}/:file{[0-9]{1,6}\\.dat}', async (c) => {
    const { session: sessionId, track, file } = c.req.param();
    const zoom = path.basename(file, '.dat');
    const answer = await answerPeaks(c, { sessionId, track, zoom }, { ...options, nowMs });
    return typeof answer === 'string' ? say(c, RAW_DOWNLOAD[answer]) : answer;
  });
  app.get('/exports/:export/', async (c) => {
    const found = await findExport(c, c.req.param('export'), { ...options, nowMs });
    if (typeof found === 'string') return say(c, EXPORT_DOWNLOAD[found]);
    const query = new URL(c.req.url).search;
    const hrefs = assetHrefs(await assets(), (key) => `/${key}`);
    const view = exportView(found, { query, percent: options.percentOf(found.id), assets: hrefs });
    c.header('Cache-Control', 'private, no-store');
    return c.html(exportPage(view));
  });
  for (const address of ['/exports/:export/all.zip', '/exports/:export/files/:which{[0-9]+}'])
    app.get(address, async (c) => {
      const { export: exportId = '', which = 'zip' } = c.req.param() as { export?: string; which?: string };
      const answer = await answerExportFile(c, which, { ...options, exportId, nowMs });
      return typeof answer === 'string' ? say(c, EXPORT_DOWNLOAD[answer]) : answer;
    });
  return app;
}

/** The key that a path names; undefined where it is not even valid as an address. */
function keyOf(c: Context): string | undefined {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname.slice(1));
  } catch {
    return undefined;
  }
}

/** From memory, so that the front page and messages are whole before anything was published. */
function serveAsset(c: Context, { body, contentType }: Asset): Response {
  c.header('Content-Type', contentType);
  c.header('Cache-Control', FOR_EVER);
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
  return c.body(new Uint8Array(body));
}

/** The process that serves: our own web server with its catalog and its counting, or a bare handler of the same answers. */
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { createPublisherApp } from '../../publisher/app.ts';
import { openAudience } from '../../publisher/audience/open.ts';
import { listen } from '../../publisher/listen.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { BASE_URL } from './long-show.ts';
import type { Serving } from './server.ts';

const serving = JSON.parse(process.argv[2]!) as Serving;
process.on('disconnect', () => process.exit());

async function serveOurs(folder: string): Promise<number> {
  const logger = pino({ level: 'silent' });
  const media = createFolderStore(path.join(folder, 'media'));
  const catalog = await openCatalog({ dataFolder: folder, baseUrl: BASE_URL, logger });
  const settings = { countryFile: undefined, dataCenterFile: undefined, detailDays: 30 };
  const audience = await openAudience({
    ...{ catalog, media, dataFolder: folder, logger },
    settings: { ...settings, delivery: 'stream', trustedProxies: [] },
  });
  const app = createPublisherApp({
    ...{ catalog, media, audience, logger, baseUrl: BASE_URL, signingKey: Buffer.alloc(32, 7) },
    watch: (listener) => catalog.watch(listener),
    ...{ sessionsFolder: folder, exportsFolder: folder, percentOf: () => 0 },
  });
  return (await listen(app, { host: '127.0.0.1', port: 0 })).port;
}

/** What a handler costs that has nothing to decide but whether the client has it already. */
async function serveBare(
  bodyFile: string,
  headers: Record<string, string>,
  unchanged: Record<string, string>,
) {
  const body = new Uint8Array(await readFile(bodyFile));
  const app = new Hono();
  app.get('/shows/:show/feed.xml', (c) =>
    c.req.header('If-None-Match') === headers['etag']
      ? new Response(null, { status: 304, headers: unchanged })
      : new Response(body, { status: 200, headers }),
  );
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const port =
  serving.kind === 'ours'
    ? await serveOurs(serving.folder)
    : await serveBare(serving.bodyFile, serving.whole, serving.unchanged);
process.send?.(port);

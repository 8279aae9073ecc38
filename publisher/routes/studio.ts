/** What producers fetch behind signed links. */
import path from 'node:path';
import type { Hono } from 'hono';
import { exportPage } from '../../templates/pages/export-page.ts';
import { EXPORT_DOWNLOAD, RAW_DOWNLOAD } from '../messages.ts';
import { assetHrefs } from '../site/assets.ts';
import { answerExportFile, findExport } from '../studio/export-download.ts';
import { exportView } from '../studio/export-view.ts';
import { answerPeaks } from '../studio/peaks-download.ts';
import { answerRawDownload } from '../studio/raw-download.ts';
import type { Kit } from './kit.ts';

export function studioRoutes(app: Hono, { options, assets, say }: Kit): void {
  app.get('/raw/:session/tracks.zip', async (c) => {
    const answer = await answerRawDownload(c, c.req.param('session'), options);
    return typeof answer === 'string' ? say(c, RAW_DOWNLOAD[answer]) : answer;
  });
  app.get('/raw/:session/peaks/:track{master|[0-9]{1,3}}/:file{[0-9]{1,6}\\.dat}', async (c) => {
    const { session: sessionId, track, file } = c.req.param();
    const zoom = path.basename(file, '.dat');
    const answer = await answerPeaks(c, { sessionId, track, zoom }, options);
    return typeof answer === 'string' ? say(c, RAW_DOWNLOAD[answer]) : answer;
  });
  app.get('/exports/:export/', async (c) => {
    const found = await findExport(c, c.req.param('export'), options);
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
      const answer = await answerExportFile(c, which, { ...options, exportId });
      return typeof answer === 'string' ? say(c, EXPORT_DOWNLOAD[answer]) : answer;
    });
}

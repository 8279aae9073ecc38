/** A worker in a process of its own, to be killed: reports the progress of what it masters until then. */
import { pino } from 'pino';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { openCatalog } from '../../../src/catalog/index.ts';
import { startWorkers } from '../../../src/jobs/index.ts';

const [dataFolder, sessionsFolder, scratchFolder] = process.argv.slice(2) as [string, string, string];
const logger = pino({ level: 'silent' });
const catalog = await openCatalog({ dataFolder, logger });
catalog.watch((event) => {
  if (event.type === 'episode') process.stdout.write(`${String(event.percent)}\n`);
});
await startWorkers({
  catalog,
  media: createFolderStore(`${dataFolder}/media`),
  sessionsFolder,
  scratchFolder,
  exportsFolder: `${dataFolder}/exports`,
  exportLifeMs: 3_600_000,
  baseUrl: 'https://podcasts.example.org',
  ffmpegPath: process.env['FFMPEG_PATH'] ?? 'ffmpeg',
  ffprobePath: process.env['FFPROBE_PATH'] ?? 'ffprobe',
  logger,
});

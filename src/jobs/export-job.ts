/** The `export` job: a session's tracks become files for producers, in a folder of their own that is swept in time. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { SessionFolderError } from '../../recorder/session/reader.ts';
import {
  type Export,
  GiveUpError,
  type JobHandler,
  NotInCatalogError,
  type Session,
  type Show,
  StateError,
} from '../catalog/index.ts';
import {
  type ExportRequest,
  type ExportResult,
  RenderError,
  type RenderOptions,
} from '../mastering/index.ts';
import { forHosts } from './for-hosts.ts';
import { furnitureFiles } from './show-sounds.ts';
import type { WorkersOptions } from './index.ts';
import { progressTeller } from './progress.ts';
import { atOnceNow } from './yielding.ts';

export interface ExportJobOptions extends Omit<WorkersOptions, 'baseUrl' | 'scratchFolder'> {
  makeExport: (request: ExportRequest, options: RenderOptions) => Promise<ExportResult>;
  nowMs?: () => number;
}

/** Idempotent: an export that is not being made is left alone, and each try begins with an empty folder. */
export function exportJob(options: ExportJobOptions): JobHandler<'export'> {
  const { catalog, exportsFolder, exportLifeMs, logger, nowMs = Date.now } = options;
  const folderOf = (exportId: string) => path.join(exportsFolder, exportId);
  const expiresAt = () => new Date(nowMs() + exportLifeMs);
  return {
    async run({ payload: { exportId }, signal }) {
      const wanted = await catalog.exports.byId(exportId);
      if (wanted?.state !== 'making') return;
      const outputFolder = folderOf(exportId);
      await rm(outputFolder, { recursive: true, force: true });
      try {
        const { name, files } = await make(options, wanted, outputFolder, signal);
        await catalog.exports.markReady(exportId, { name, files, expiresAt: expiresAt() });
        logger.info({ exportId, sessionId: wanted.session_id }, 'Exported');
      } catch (error) {
        await rm(outputFolder, { recursive: true, force: true });
        throw worthRetrying(error) ? error : new GiveUpError((error as Error).message, { cause: error });
      }
    },
    async giveUp({ exportId }, reason) {
      await rm(folderOf(exportId), { recursive: true, force: true });
      try {
        await catalog.exports.markFailed(exportId, forHosts(reason), expiresAt());
      } catch (error) {
        if (!(error instanceof StateError || error instanceof NotInCatalogError)) throw error;
      }
    },
  };
}

async function make(
  options: ExportJobOptions,
  wanted: Export,
  outputFolder: string,
  signal: AbortSignal,
): Promise<ExportResult> {
  const { catalog, media, sessionsFolder, ffmpegPath, ffprobePath, makeExport, logger } = options;
  const {
    id: exportId,
    guild_id: guildId,
    session_id: sessionId,
    format,
    from_us: fromUs,
    to_us: toUs,
  } = wanted;
  const session = await catalog.sessions.byId(sessionId);
  const show = session && (await catalog.shows.byId(session.show_id));
  const guild = await catalog.guilds.byId(guildId);
  const progress = progressTeller({
    ...{ catalog, logger },
    eventOf: (each) => ({ type: 'export', guildId, sessionId, exportId, state: 'making', ...each }),
  });
  progress(0);
  // Within, where no sweep takes it for a forgotten export.
  const soundsFolder = path.join(outputFolder, '.sounds');
  try {
    return await makeExport(
      {
        ...{ sessionFolder: path.join(sessionsFolder, sessionId), outputFolder, ffmpegPath, ffprobePath },
        ...(format === 'stems'
          ? {
              format: 'flac',
              processed: await asMastered({ catalog, media }, { session, show, soundsFolder }),
            }
          : { format }),
        ...(fromUs === null || toUs === null ? {} : { range: { fromUs, toUs } }),
        showTitle: show?.title ?? session?.title ?? '',
        timeZone: guild?.time_zone ?? 'UTC',
      },
      { signal, onProgress: progress, atOnce: atOnceNow(options) },
    );
  } finally {
    progress.end();
    await rm(soundsFolder, { recursive: true, force: true });
  }
}

/** As the newest episode of the session is mastered. */
async function asMastered(
  { catalog, media }: Pick<ExportJobOptions, 'catalog' | 'media'>,
  { session, show, soundsFolder }: { session?: Session; show?: Show; soundsFolder: string },
): Promise<NonNullable<ExportRequest['processed']>> {
  if (session === undefined || show === undefined) return { preset: 'speech' };
  const [episode] = await catalog.episodes.listFor(session.guild_id, { sessionId: session.id, limit: 1 });
  await mkdir(soundsFolder, { recursive: true });
  return {
    preset: show.preset,
    ...(episode !== undefined && episode.edit !== null && { edit: episode.edit }),
    furniture: await furnitureFiles(media, show, soundsFolder),
  };
}

/** One that was ended meanwhile, because a speaker was erased, is not made again by itself. */
function worthRetrying(error: unknown): boolean {
  if (error instanceof SessionFolderError || error instanceof StateError) return false;
  return !(error instanceof RenderError) || error.retry || error.code === 'aborted';
}

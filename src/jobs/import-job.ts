/** The `import` job: a feed of another host becomes a show of ours. Each try goes on where the one before ended. */
import { rm } from 'node:fs/promises';
import { GiveUpError, type JobHandler } from '../catalog/index.ts';
import { FeedError, folderOf, importFeed, type ImportOptions, ImportRefusedError } from '../import/index.ts';
import { createFfmpegRunner, FfmpegMissingError } from '../mastering/ffmpeg.ts';
import { createOutside, OutsideError } from '../outside/index.ts';
import { forHosts } from './for-hosts.ts';
import type { WorkersOptions } from './index.ts';
import { outlastStore } from './outlast-store.ts';
import { progressTeller } from './progress.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

export type ImportJobOptions = PublishingOptions &
  Pick<WorkersOptions, 'ffmpegPath' | 'ffprobePath'> &
  Pick<ImportOptions, 'pauseMs'>;

/** Idempotent: an import that is over is left alone until somebody asks for it again. */
export function importJob(options: ImportJobOptions): JobHandler<'import'> {
  const { catalog, media, baseUrl, scratchFolder, pauseMs, logger } = options;
  return {
    async run({ payload: { importId }, signal }) {
      const wanted = await catalog.imports.byId(importId);
      if (wanted?.state !== 'running') return;
      const ffmpeg = createFfmpegRunner(options, signal);
      const progress = progressTeller({
        ...{ catalog, logger },
        eventOf: (each) => ({
          ...{ type: 'import', guildId: wanted.guild_id, importId, state: 'running' },
          ...each,
        }),
      });
      progress(0);
      try {
        const secret = await catalog.secrets.getOrCreate('import');
        const order: ImportOptions = {
          ...{ catalog, media, baseUrl, secret, scratchFolder, ffmpeg, signal },
          outside: createOutside({ baseUrl, allowHosts: wanted.allow_hosts }),
          // What follows the last file is short.
          onProgress: (percent) => progress(Math.min(percent, 99)),
          publish: (showId) => publishAndTell(options, showId),
          ...(pauseMs !== undefined && { pauseMs }),
        };
        const { state, said } = await outlastStore(() => importFeed(order, wanted), { signal, logger });
        await catalog.imports.end(importId, state, said);
        logger.info({ importId, state }, 'Imported');
      } catch (error) {
        throw worthRetrying(error) ? error : new GiveUpError((error as Error).message, { cause: error });
      } finally {
        ffmpeg.close();
      }
    },
    async giveUp({ importId }, reason) {
      await rm(folderOf(scratchFolder, importId), { recursive: true, force: true });
      const wanted = await catalog.imports.byId(importId);
      if (wanted?.state === 'running') await catalog.imports.end(importId, 'failed', forHosts(reason));
    },
  };
}

/** A host that is away may come back; a feed that is none stays none. */
function worthRetrying(error: unknown): boolean {
  if (error instanceof OutsideError) return error.mayPass;
  const isFinal = [ImportRefusedError, FeedError, FfmpegMissingError].some((kind) => error instanceof kind);
  return !isFinal;
}

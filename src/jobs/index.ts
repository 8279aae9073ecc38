/** The workers: they take jobs out of the catalog's queue and carry them out, one of each kind at a time. */
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Catalog } from '../catalog/index.ts';
import { startExport, startRender } from '../mastering/index.ts';
import type { EndpointSettings } from '../transcript/index.ts';
import type { Promised } from '../../publisher/site/self-test.ts';
import { announceJob, type OutsideFetch } from './announce-job.ts';
import { exportJob } from './export-job.ts';
import { createPublishingMemory } from '../../publisher/site/publishing-memory.ts';
import { freshen, startFreshening } from './freshen.ts';
import { importJob } from './import-job.ts';
import { masterJob } from './master-job.ts';
import { publishJob } from './publish-job.ts';
import { periodically } from './periodically.ts';
import { publishDue } from './publish-due.ts';
import { refreshJob } from './refresh-job.ts';
import { sweepExports } from './sweep-exports.ts';
import { sweepRetired } from './sweep-retired.ts';
import { takeDownJob } from './take-down-job.ts';
import { transcribeJob } from './transcribe-job.ts';

export interface WorkersOptions {
  catalog: Catalog;
  media: MediaStore;
  /** Holds a folder per session, named by its id. */
  sessionsFolder: string;
  /** Holds a folder per export, named by its id. */
  exportsFolder: string;
  /** How long an export is kept. */
  exportLifeMs: number;
  /** For what is being made; a job clears up after itself and after a try of its own that was killed. */
  scratchFolder: string;
  /** Where the world reaches this installation, without a trailing slash. */
  baseUrl: string;
  /** Where listeners fetch audio; below the base URL when left out. */
  mediaAddress?: ((mediaKey: string) => string) | undefined;
  /** Fetches a new file as apps will, before its episode appears; not done when left out. */
  selfTest?: ((promised: Promised) => Promise<void>) | undefined;
  /** Fetches what hosts have set the address of; hubs are not told of changes when left out. */
  outsideFetch?: OutsideFetch | undefined;
  podping?: { url: string; token: string } | undefined;
  /** Tells a cache before us what must not be served any more. */
  purge?: ((urls: readonly string[]) => Promise<void>) | undefined;
  /** Undefined: episodes are not transcribed. */
  transcription?: EndpointSettings | undefined;
  /** Whether a session is recorded on this machine: what is heavy leaves it room. */
  isRecording?: (() => boolean) | undefined;
  ffmpegPath: string;
  ffprobePath: string;
  logger: Logger;
}

export interface Workers {
  /** Stops the jobs at hand, which go back into the queue, and waits until they have. Close before the catalog. */
  close(): Promise<void>;
}

const PERIODICALS = [
  { what: 'Publishing what is due', everyMs: 15_000, run: publishDue },
  { what: 'Writing feeds that are behind', everyMs: 60_000, run: freshen },
  { what: 'Sweeping exports', everyMs: 60_000, run: sweepExports },
  { what: 'Sweeping replaced audio', everyMs: 3_600_000, run: sweepRetired },
];

/** Starts taking jobs. */
export async function startWorkers(given: WorkersOptions): Promise<Workers> {
  const options = { ...given, memory: createPublishingMemory() };
  const { catalog, outsideFetch } = options;
  await mkdir(options.exportsFolder, { recursive: true });
  await mkdir(options.scratchFolder, { recursive: true });
  const workers = [
    await catalog.queue.work('master', masterJob({ ...options, render: startRender })),
    await catalog.queue.work('publish', publishJob(options)),
    await catalog.queue.work('refresh', refreshJob(options)),
    ...(outsideFetch === undefined
      ? []
      : [await catalog.queue.work('announce', announceJob({ ...options, outsideFetch }))]),
    await catalog.queue.work('take-down', takeDownJob(options)),
    await catalog.queue.work('import', importJob(options)),
    await catalog.queue.work('export', exportJob({ ...options, makeExport: startExport })),
    await catalog.queue.work('transcribe', transcribeJob(options)),
    startFreshening(options),
    ...PERIODICALS.map(({ what, everyMs, run }) =>
      periodically({ what, everyMs, run: (now) => run(options, now) }, options.logger),
    ),
  ];
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

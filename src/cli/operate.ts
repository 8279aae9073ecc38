/** Commands of the operator: by this process where the catalog is free or a server's, inside the running Stagecast otherwise. */
import { FolderInUseError } from '../../recorder/folder-lock.ts';
import { audioAddress } from '../../publisher/audience/delivery.ts';
import { addressOf } from '../../publisher/site/addresses.ts';
import { createPublishingMemory } from '../../publisher/site/publishing-memory.ts';
import { type Catalog, openCatalog } from '../catalog/index.ts';
import { createPurge } from '../cdn-purge.ts';
import type { Config } from '../config.ts';
import { importJob } from '../jobs/import-job.ts';
import { createLogger } from '../log.ts';
import { openMediaStore, type OpenMediaStore } from '../media-store.ts';
import { carryOut, type OperatorCommandName } from '../operator/commands.ts';
import { askRunning } from '../operator/control.ts';
import type { Operator } from '../operator/operator.ts';
import { prepareDataFolder } from './data-folder.ts';
import { showProgress } from './session-work.ts';
import { STOP_SIGNALS } from './signals.ts';
import { forTerminal } from './terminal-text.ts';

/** Answers the exit code. Throws FolderInUseError where another process has the catalog and takes no commands. */
export async function operate(config: Config, command: OperatorCommandName, args: unknown): Promise<number> {
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS) process.once(signal, () => stop.abort());
  const terminal = {
    say: (line: string) => console.log(forTerminal(line)),
    progress: showProgress,
    signal: stop.signal,
  };
  const { dataFolder, databaseUrl, http } = config;
  if (databaseUrl === undefined) await prepareDataFolder(dataFolder);
  const logger = createLogger(config, command);
  let catalog: Catalog;
  try {
    catalog = await openCatalog({ dataFolder, databaseUrl, baseUrl: http.baseUrl, logger });
  } catch (error) {
    const answered =
      error instanceof FolderInUseError
        ? await askRunning(dataFolder, { ...terminal, command, args })
        : undefined;
    if (answered === undefined) throw error;
    return answered;
  }
  const store = await openMediaStore(config);
  try {
    return await carryOut(
      { ...operatorOf(config, { catalog, ...store, logger }), ...terminal },
      command,
      args,
    );
  } finally {
    store.close();
    await catalog.close();
  }
}

type Opened = Pick<Operator, 'catalog' | 'media' | 'logger'> & Pick<OpenMediaStore, 'check'>;

/** By itself: no web server of ours need be up, so nothing is tried by its public address. */
function operatorOf(config: Config, opened: Opened): Omit<Operator, 'say' | 'progress' | 'signal'> {
  const { catalog, media, logger } = opened;
  const checkStore = () => opened.check();
  const { http, audience, scratchFolder, ffmpegPath, ffprobePath } = config;
  const { baseUrl } = http;
  const publishing = {
    ...{ catalog, media, logger, baseUrl, scratchFolder, memory: createPublishingMemory() },
    purge: config.operator.purge && createPurge(config.operator.purge),
    mediaAddress: (key: string) => audioAddress(audience.delivery, key, media, addressOf(baseUrl, key)),
  };
  return {
    ...{ catalog, media, logger, checkStore, config, publishing },
    work: (name) => catalog.queue.work(name, importJob({ ...publishing, ffmpegPath, ffprobePath })),
  };
}

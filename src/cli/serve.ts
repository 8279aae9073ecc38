/** The processes that serve: the recorder as root with the application under it, or a worker or web server on its own. */
import path from 'node:path';
import { ConfigError, type Config } from '../config.ts';
import { createLogger } from '../log.ts';
import { voiceCertificates } from './ca-file.ts';
import { prepareDataFolder } from './data-folder.ts';
import { ROLES, type Role } from './roles.ts';
import { untilSignal } from './signals.ts';
import { upSentence } from './up.ts';

/** What the roles need and the settings lack. */
export function missingSettings(config: Config, roles: readonly Role[]): string[] {
  const faults: string[] = [];
  if (roles.includes('bot') && config.discord.token === undefined)
    faults.push(
      'DISCORD_TOKEN is not set: put your bot\'s token into .env (README.md, "Your own bot"), or see it work first with npm run demo',
    );
  if (roles.length < ROLES.length && config.databaseUrl === undefined)
    faults.push(
      'DATABASE_URL is not set: the embedded catalog serves one process. Set it to a PostgreSQL, or start everything in one with npm start',
    );
  return faults;
}

/**
 * The recorder locks the data folder itself, so that a second one cannot touch what the first records. Its process
 * loads nothing of the application: what must not fail is small.
 */
async function underTheRecorder(
  config: Config,
  roles: readonly Role[],
  { untilInputEnds }: ServeOptions,
): Promise<number> {
  const { startRecorder } = await import('../../recorder/main.ts');
  const recorder = await startRecorder({
    dataFolder: config.dataFolder,
    logger: createLogger(config, 'recorder'),
    diskFloorBytes: config.diskFloorBytes,
    reconnectLimitMs: config.reconnectLimitMs,
    voiceCaPems: await voiceCertificates(config.discord.caFile),
    application: {
      modulePath: path.join(import.meta.dirname, '..', 'main.ts'),
      args: ['application', '--roles', roles.join(',')],
    },
  });
  if (untilInputEnds)
    process.stdin
      .on('error', () => undefined)
      .once('close', () => void recorder.stop('the input ended'))
      .resume();
  return (await recorder.done).exitCode;
}

async function onItsOwn(config: Config, roles: readonly Role[]): Promise<number> {
  const { startApplication } = await import('../app.ts');
  const stopped = untilSignal();
  const application = await startApplication(config, roles);
  console.error(upSentence(config, roles));
  await stopped;
  await application.close();
  return 0;
}

export interface ServeOptions {
  /** The recorder ends in order when its standard input does. */
  untilInputEnds: boolean;
}

/** Serves until a signal ends it; answers the exit code. Throws ConfigError when a setting is missing. */
export async function serve(
  config: Config,
  roles: readonly Role[],
  options: ServeOptions = { untilInputEnds: false },
): Promise<number> {
  const faults = missingSettings(config, roles);
  if (faults.length > 0) throw new ConfigError(faults);
  await prepareDataFolder(config.dataFolder);
  return roles.includes('bot') ? underTheRecorder(config, roles, options) : onItsOwn(config, roles);
}

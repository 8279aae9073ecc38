/** A whole installation as a person starts it (`stagecast all`), in a process tree of its own beside the embedded Discord. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { NEEDED_TO_START } from '../mastering/child.ts';

export interface InstallationOptions {
  dataFolder: string;
  token: string;
  apiUrl: string;
  /** Certificate of the voice gateway, PEM. */
  caPem: string;
  /** The port to try first; any free one when it is taken. */
  preferredPort?: number;
  /** Settings besides, by their names in the environment. */
  env?: Readonly<Record<string, string>>;
}

export interface Installation {
  baseUrl: string;
  dataFolder: string;
  logPath: string;
  /** The recorder's process id: the root of the tree. */
  pid: number;
  /** Resolves with the exit code when the tree has ended, whoever ended it. */
  ended: Promise<number | null>;
  /** Ends it in order (SIGTERM), and by force when that takes longer than a quarter of a minute. */
  stop(): Promise<void>;
}

const MAIN = path.join(import.meta.dirname, '..', 'main.ts');

/** True when the port can be listened on now. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(port, '127.0.0.1', resolve),
    );
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function anyFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

async function untilHealthy(baseUrl: string, ended: Promise<number | null>, logPath: string): Promise<void> {
  const gaveUp = new AbortController();
  void ended.then(() => gaveUp.abort());
  const deadlineMs = Date.now() + 60_000;
  while (Date.now() < deadlineMs && !gaveUp.signal.aborted) {
    const healthy = await fetch(`${baseUrl}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const what = gaveUp.signal.aborted ? 'ended instead of coming up' : 'did not come up within a minute';
  const tail = (await readFile(logPath, 'utf8')).split('\n').slice(-12).join('\n');
  throw new Error(`the installation ${what}; the end of ${logPath}:\n${tail}`);
}

/** What a process needs to start, and where the tools are: a path with a folder in it is one from here. */
function inherited(): Record<string, string> {
  const names = [...NEEDED_TO_START, 'TZ', 'LOG_LEVEL', 'FFMPEG_PATH', 'FFPROBE_PATH'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      if (value === undefined) return [];
      return [[name, name.startsWith('FF') && value.includes(path.sep) ? path.resolve(value) : value]];
    }),
  );
}

/** Starts `stagecast all` and waits until its web server answers. Throws with the end of its log when it does not. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { preferredPort } = options;
  const dataFolder = path.resolve(options.dataFolder);
  await mkdir(dataFolder, { recursive: true });
  const caFile = path.join(dataFolder, 'embedded-discord.pem');
  await writeFile(caFile, options.caPem);
  const port =
    preferredPort !== undefined && (await isFree(preferredPort)) ? preferredPort : await anyFreePort();
  const baseUrl = `http://localhost:${port}`;
  const logPath = path.join(dataFolder, 'stagecast.log');
  const child = spawn(process.execPath, [MAIN, 'all', '--until-input-ends'], {
    // Its settings are what stands here: neither the environment of whoever runs it nor a .env where they stand is for it. Both
    // may name an endpoint that voices would be sent to, and its key.
    cwd: dataFolder,
    env: {
      ...inherited(),
      DISCORD_TOKEN: options.token,
      DISCORD_API_URL: options.apiUrl,
      DISCORD_CA_FILE: caFile,
      DATA_FOLDER: dataFolder,
      DATABASE_URL: '',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      BASE_URL: baseUrl,
      ...options.env,
    },
    // However this process ends, the pipe to its child closes, and the tree ends in order.
    stdio: ['pipe', 'pipe', 'pipe'],
    // A Ctrl-C in the terminal reaches the whole foreground group; this tree is ended by us, in order.
    detached: true,
  });
  const log = createWriteStream(logPath, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = once(child, 'close').then(([code]) => {
    log.end();
    return code as number | null;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('the installation could not be started');
  const stop = async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => process.kill(-pid, 'SIGKILL'), 15_000);
    await ended;
    clearTimeout(force);
  };
  try {
    await untilHealthy(baseUrl, ended, logPath);
  } catch (error) {
    await stop();
    throw error;
  }
  return { baseUrl, dataFolder, logPath, pid, ended, stop };
}

/** `stagecast demo`: a scripted webinar from the stage to the feed, on this machine alone, and a verdict on all of it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from './checks.ts';
import { startInstallation, type Installation } from './installation.ts';
import { playWebinar, PROGRAMME } from './play.ts';
import { setTheScene, untilCommandsAreThere, type Scene } from './scene.ts';
import { createTerminal, verdictTable, type Terminal } from './terminal.ts';
import { verifyPublication, verifyRecording } from './verify.ts';

export interface DemoOptions {
  /** End when all of it was checked, instead of staying up until Ctrl-C. */
  once: boolean;
  channelKind: 'stage' | 'voice';
}

const PREFERRED_PORT = 8080;
/** What a shell reports of a command that Ctrl-C ended: 128 and the signal's number. */
const INTERRUPTED = 130;

/** `data/demo/2026-11-23T14-05-09`: each run leaves its files to be looked at, about 40 MB. */
async function makeRunFolder(): Promise<string> {
  const folder = path.resolve('data', 'demo');
  await mkdir(folder, { recursive: true });
  const name = path.join(folder, new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  for (let run = 1; ; run += 1) {
    const own = run === 1 ? name : `${name}-${run}`;
    try {
      await mkdir(own);
      return own;
    } catch (error) {
      // Another demo began in this very second.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Resolves at the first Ctrl-C, termination, or when the terminal is closed. */
const untilStopped = () =>
  new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('stopped'));
  });

/** Where the web server is tried first: HTTP_PORT as everywhere, else the port that everybody's is. */
const preferredPort = (): number => Number(process.env['HTTP_PORT'] ?? '') || PREFERRED_PORT;

async function perform(scene: Scene, installation: Installation, terminal: Terminal): Promise<Check[]> {
  await untilCommandsAreThere(scene);
  const performance = await playWebinar(scene, terminal);
  const secondsToFeed = (performance.publishedAtMs - performance.endedAtMs) / 1000;
  const sessionId = /\/raw\/([^/]+)\//.exec(performance.rawTracksUrl)?.[1] ?? '';
  const checks = [
    ...(await verifyRecording(scene, path.join(installation.dataFolder, 'sessions', sessionId))),
    ...(await verifyPublication(performance, installation.dataFolder)),
    { name: 'from end to feed', ok: true, detail: `${secondsToFeed.toFixed(1)} s` },
  ];
  terminal.print(`
${verdictTable(checks)}

  Feed          ${performance.feedUrl}
  Episode page  ${performance.pageUrl}
  Raw tracks    ${performance.rawTracksUrl}
  Files         ${installation.dataFolder}
`);
  return checks;
}

/** Runs the demo; answers the exit code: 0 only when every check is good. */
export async function runDemo({ once, channelKind }: DemoOptions): Promise<number> {
  const terminal = createTerminal(process.stdout);
  const stopped = untilStopped();
  terminal.say(
    `Stagecast demo: “${PROGRAMME.title}”, ${channelKind === 'stage' ? 'on a stage' : 'in a voice channel, through DAVE'}`,
  );
  const dataFolder = await makeRunFolder();
  const scene = await setTheScene(channelKind);
  let installation: Installation | undefined;
  try {
    const { token } = scene.bot;
    const { apiUrl, caPem } = scene.discord;
    void stopped.then(() => terminal.say('ending ...'));
    const starting = startInstallation({ dataFolder, token, apiUrl, caPem, preferredPort: preferredPort() });
    if ((await Promise.race([starting, stopped])) === 'stopped') {
      // What has begun is ended in order; how it would have come up is of no more interest.
      installation = await starting.catch(() => undefined);
      return INTERRUPTED;
    }
    installation = await starting;
    const { baseUrl } = installation;
    terminal.say(`an embedded Discord and an installation of Stagecast are up at ${baseUrl}`);
    const died = installation.ended.then((code): never => {
      throw new Error(`the installation ended by itself (exit code ${code ?? 'none, it was killed'})`);
    });
    died.catch(() => undefined);
    const checks = await Promise.race([perform(scene, installation, terminal), stopped, died]);
    if (checks === 'stopped') return INTERRUPTED;
    const failed = checks.filter(({ ok }) => !ok);
    for (const { name, detail } of failed) terminal.say(`FAILED: ${name}: ${detail}`);
    if (failed.length === 0) terminal.say('all of it checked out');
    if (!once) {
      terminal.say('open the pages above; press Ctrl-C to end');
      await Promise.race([stopped, installation.ended]);
    }
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    terminal.say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    if (installation) terminal.say(`the log of the installation: ${installation.logPath}`);
    return 1;
  } finally {
    await installation?.stop();
    await scene.discord.close();
  }
}

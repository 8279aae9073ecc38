/** `stagecast demo`: a scripted webinar from the stage to the feed, on this machine alone, and a verdict on all of it. */
import path from 'node:path';
import { untilSignal } from '../cli/signals.ts';
import { readConfig } from '../config.ts';
import type { Check } from './checks.ts';
import { startInstallation, type Installation } from './installation.ts';
import { playWebinar, PROGRAMME, type Performance, type Programme } from './play.ts';
import { makeRunFolder } from './run-folder.ts';
import { setTheScene, untilCommandsAreThere, type Scene } from './scene.ts';
import { createTerminal, tellVerdict, verdictTable, type Terminal } from './terminal.ts';
import { verifyPublication } from './verify-publication.ts';
import { verifyRecording, verifyRequests } from './verify.ts';

export interface DemoOptions {
  /** End when all of it was checked, instead of staying up until Ctrl-C. */
  once: boolean;
  channelKind: 'stage' | 'voice';
  /** Another webinar than the demo's own. */
  programme?: Programme;
  /** What is held against the truth; all of it when missing. */
  judge?: (played: Played) => Promise<Check[]>;
  /** The settings; those of the environment when missing. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Makes the data folder of this run; one of its own in `data/demo` when missing. */
  makeFolder?: () => Promise<string>;
  out?: NodeJS.WriteStream;
}

/** What a programme became. */
export interface Played {
  scene: Scene;
  programme: Programme;
  performance: Performance;
  dataFolder: string;
}

/** What a shell reports of a command that Ctrl-C ended: 128 and the signal's number. */
const INTERRUPTED = 130;

/** Everything that a person was promised. */
export async function judgeAll({ scene, programme, performance, dataFolder }: Played): Promise<Check[]> {
  const sessionId = /\/raw\/([^/]+)\//.exec(performance.rawTracksUrl)?.[1] ?? '';
  return [
    ...(await verifyRecording(scene, path.join(dataFolder, 'sessions', sessionId))),
    verifyRequests(scene.discord),
    ...(await verifyPublication(performance, programme, dataFolder)),
  ];
}

type Play = Required<Pick<DemoOptions, 'programme' | 'judge'>> & { scene: Scene; terminal: Terminal };

async function perform(
  { scene, terminal, programme, judge }: Play,
  { dataFolder }: Installation,
): Promise<Check[]> {
  await untilCommandsAreThere(scene);
  const performance = await playWebinar(scene, terminal, programme);
  const secondsToFeed = (performance.publishedAtMs - performance.endedAtMs) / 1000;
  const checks = await judge({ scene, programme, performance, dataFolder });
  terminal.print(`
${verdictTable(checks)}

  End to feed   ${secondsToFeed.toFixed(1)} s
  Feed          ${performance.feedUrl}
  Episode page  ${performance.pageUrl}
  Raw tracks    ${performance.rawTracksUrl}
  Files         ${dataFolder}
`);
  return checks;
}

/**
 * Runs the demo; answers the exit code: 0 only when every check is good. Throws ConfigError, RequestError or
 * OpenApiDocumentError where a person must change something first.
 */
export async function runDemo({
  once,
  channelKind,
  programme = PROGRAMME,
  judge = judgeAll,
  env = process.env,
  makeFolder = () => makeRunFolder(path.resolve('data', 'demo')),
  out = process.stdout,
}: DemoOptions): Promise<number> {
  const { http } = readConfig(env);
  const terminal = createTerminal(out);
  const stopped = untilSignal().then(() => 'stopped' as const);
  terminal.say(
    `Stagecast demo: “${programme.title}”, ${channelKind === 'stage' ? 'on a stage' : 'in a voice channel, through DAVE'}`,
  );
  const dataFolder = await makeFolder();
  const scene = await setTheScene(channelKind);
  let installation: Installation | undefined;
  try {
    const { token } = scene.bot;
    const { apiUrl, caPem } = scene.discord;
    void stopped.then(() => terminal.say('ending ...'));
    const starting = startInstallation({ dataFolder, token, apiUrl, caPem, preferredPort: http.port });
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
    const performing = perform({ scene, terminal, programme, judge }, installation);
    const checks = await Promise.race([performing, stopped, died]);
    if (checks === 'stopped') {
      performing.catch(() => undefined);
      return INTERRUPTED;
    }
    const exitCode = tellVerdict(checks, terminal);
    if (!once) {
      terminal.say('open the pages above; press Ctrl-C to end');
      await Promise.race([stopped, installation.ended]);
    }
    return exitCode;
  } catch (error) {
    terminal.say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    if (installation) terminal.say(`the log of the installation: ${installation.logPath}`);
    return 1;
  } finally {
    await installation?.stop();
    await scene.discord.close();
  }
}

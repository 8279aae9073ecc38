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

/** `data/demo/2026-11-23T14-05-09`: each run leaves its files to be looked at. */
const runFolder = (): string =>
  path.resolve('data', 'demo', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));

/** Resolves at the first Ctrl-C or termination. */
const untilStopped = () =>
  new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });

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
  const dataFolder = runFolder();
  await mkdir(dataFolder, { recursive: true });
  const scene = await setTheScene(channelKind);
  let installation: Installation | undefined;
  try {
    const { token } = scene.bot;
    const { apiUrl, caPem } = scene.discord;
    installation = await startInstallation({
      dataFolder,
      token,
      apiUrl,
      caPem,
      preferredPort: PREFERRED_PORT,
    });
    terminal.say(`an embedded Discord and an installation of Stagecast are up at ${installation.baseUrl}`);
    const interrupted = stopped.then(() => undefined);
    const checks = await Promise.race([perform(scene, installation, terminal), interrupted]);
    if (checks === undefined) return 130;
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

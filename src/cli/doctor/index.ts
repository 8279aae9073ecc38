/** `stagecast doctor`: looks at the machine, the settings and Discord, and says what to do about each finding. */
import { ConfigError, readConfig, type Config, warningsOf } from '../../config.ts';
import { checkAudience } from './audience.ts';
import { checkDiscord } from './discord.ts';
import { checkFeeds } from './feeds.ts';
import { formatFinding, summary, type Finding } from './finding.ts';
import { checkFfmpeg, checkNode, checkPort, checkReceiveBuffer } from './machine.ts';
import { checkCertificates, checkDatabase, checkDataFolder, checkMediaStore } from './storage.ts';
import { checkTranscription } from './transcription.ts';

function settings(env: NodeJS.ProcessEnv): { config: Config; finding: Finding } {
  try {
    const config = readConfig(env);
    const [warning] = warningsOf(config);
    const finding: Finding =
      warning === undefined
        ? { topic: 'settings', verdict: 'good', seen: 'every setting can be used' }
        : { topic: 'settings', verdict: 'warning', seen: warning, remedy: 'see .env.example' };
    return { config, finding };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const seen = error.faults.join('; ');
    // A fault begins with the name of its setting; the others are checked as they are. Those of a bucket belong together.
    const faulty = new Set(error.faults.map((fault) => fault.split(' ')[0]?.replace(/^S3_.*/, 'S3_')));
    const isSound = (name: string) => !faulty.has(name.replace(/^S3_.*/, 'S3_'));
    return {
      config: readConfig(Object.fromEntries(Object.entries(env).filter(([name]) => isSound(name)))),
      finding: {
        topic: 'settings',
        verdict: 'fault',
        seen,
        remedy: 'correct it in .env; below, its default is checked',
      },
    };
  }
}

/** Each look in its turn, so that a slow one does not hold back what is known already. */
async function* look(
  config: Config,
  channelId: string | undefined,
): AsyncGenerator<readonly Finding[], void, void> {
  yield [checkNode(process.versions.node)];
  yield await checkFfmpeg(config);
  yield [await checkDataFolder(config.dataFolder, config.diskFloorBytes)];
  const certificates = await checkCertificates(config.discord.caFile);
  if (certificates !== undefined) yield [certificates];
  yield [await checkDatabase(config.databaseUrl)];
  yield await checkMediaStore(config);
  yield [await checkReceiveBuffer()];
  yield [await checkPort(config.http)];
  yield [await checkTranscription(config.transcription)];
  yield [await checkAudience(config)];
  yield await checkFeeds(config);
  yield* checkDiscord(config, channelId);
}

/**
 * Prints every finding as it comes; 0 when nothing is a fault, 1 otherwise.
 *
 * @param channelId - a voice or stage channel in which the bot's permissions are looked at
 */
export async function doctor(
  env: NodeJS.ProcessEnv,
  { channelId }: { channelId?: string | undefined } = {},
): Promise<number> {
  const { config, finding } = settings(env);
  const findings = [finding];
  console.log(formatFinding(finding));
  for await (const found of look(config, channelId)) {
    for (const each of found) console.log(formatFinding(each));
    findings.push(...found);
  }
  console.log(`\n${summary(findings)}`);
  return findings.some(({ verdict }) => verdict === 'fault') ? 1 : 0;
}

/** The command line: reads the settings, hands over to one command, and turns what goes wrong into a sentence and a code. */
import './compile-cache.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { parseClock } from './bot/when.ts';
import { ConfigError, readConfig } from './config.ts';
import type { ExportOptions } from './cli/export.ts';
import type { MasterOptions } from './cli/master.ts';
import { exitCodeOf, explain } from './cli/failures.ts';
import { ROLES, type Role } from './cli/roles.ts';
import type { OperatorCommandName } from './operator/commands.ts';

function parseRoles(text: string): Role[] {
  const roles = text.split(',');
  const unknown = roles.find((role) => !ROLES.includes(role as Role));
  if (unknown !== undefined) throw new InvalidArgumentError(`known roles: ${ROLES.join(', ')}`);
  return roles as Role[];
}

function parseId(text: string): string {
  // Docs, "Snowflakes": a 64-bit number, shown in decimal.
  if (!/^\d{1,20}$/.test(text))
    throw new InvalidArgumentError('an id is a number: right-click the channel in Discord, Copy Channel ID');
  return text;
}

function parseTime(text: string): number {
  const us = parseClock(text);
  if (us === undefined)
    throw new InvalidArgumentError('a time is seconds, m:ss or h:mm:ss from the start of the recording');
  return us;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new InvalidArgumentError('a whole number from 1 to 3650');
  return days;
}

function parseZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('a time zone has a name such as Europe/Brussels or UTC');
  }
}

/** Commands import what they run only when they run: `doctor` must work on a machine where the rest does not load. */
function program(): Command {
  const stagecast = new Command('stagecast')
    .description('Records Discord stages, masters them into podcasts, and publishes their feeds.')
    .version(packageJson.version)
    .showHelpAfterError()
    // Failures end in one place, below; the settings are inherited by the commands.
    .exitOverride();
  const serve = (name: string, description: string, roles: Role[]) =>
    stagecast
      .command(name)
      .description(description)
      // For whoever starts it as a child and may die: the pipe ends with the parent.
      .addOption(new Option('--until-input-ends', 'stop when the standard input ends').hideHelp())
      .action(async ({ untilInputEnds = false }: { untilInputEnds?: boolean }) => {
        const { serve: run } = await import('./cli/serve.ts');
        process.exit(await run(readConfig(process.env), roles, { untilInputEnds }));
      });

  serve('all', 'everything in one process tree (the default)', ['bot', 'worker', 'api']);
  serve('bot', 'the recorder and the Discord bot; needs DATABASE_URL', ['bot']);
  serve('worker', 'mastering and publishing; needs DATABASE_URL', ['worker']);
  serve('api', 'feeds, pages and downloads; needs DATABASE_URL', ['api']);
  stagecast
    .command('demo')
    .description('a scripted webinar against an embedded Discord, from the stage to the feed')
    .option('--once', 'end when all of it was checked; the exit code says how it went')
    .addOption(
      new Option('--channel <kind>', 'where it happens; a voice channel is end-to-end encrypted by DAVE')
        .choices(['stage', 'voice'])
        .default('stage'),
    )
    .action(async (options: { once?: boolean; channel: 'stage' | 'voice' }) => {
      const { runDemo } = await import('./demo/index.ts');
      process.exitCode = await runDemo({ once: options.once ?? false, channelKind: options.channel });
    });
  stagecast
    .command('doctor')
    .description('checks this machine and the settings, and says what to do about each finding')
    .option('--channel <id>', "also looks at the bot's permissions in this voice or stage channel", parseId)
    .action(async (options: { channel?: string }) => {
      const { doctor } = await import('./cli/doctor/index.ts');
      process.exitCode = await doctor(process.env, { channelId: options.channel });
    });
  stagecast
    .command('rescan')
    .description('takes sessions into the catalog that are on the disk and not in it; changes no folder')
    .action(async () => {
      const { rescan } = await import('./cli/rescan/index.ts');
      process.exitCode = await rescan(readConfig(process.env));
    });
  const store = stagecast.command('store').description('the media store in a bucket');
  store
    .command('setup')
    .description('makes the bucket and gives it its rules, beside those it has; says what it did')
    .action(async () => {
      const { setUpStore } = await import('./cli/store-setup.ts');
      process.exitCode = await setUpStore(readConfig(process.env));
    });
  store
    .command('copy')
    .description('copies what stands in the media folder into the bucket; may be run again')
    .action(async () => {
      const { copyToStore } = await import('./cli/store-copy.ts');
      process.exitCode = await copyToStore(readConfig(process.env));
    });
  stagecast
    .command('import')
    .description(
      'takes the podcast of another host over: its feed, with everything in it; again adds what is new',
    )
    .argument('<feed>', 'address of the RSS feed')
    .requiredOption('--guild <id>', 'the Discord server that it is to belong to', parseId)
    .option('--show <name>', 'what it is to be called in addresses; what its title makes when missing')
    .option(
      '--allow <host...>',
      'a host of a private network that may be fetched from for this feed, as 192.168.1.5:8080',
    )
    .action(async (url: string, options: { guild: string; show?: string; allow?: string[] }) =>
      operate('import', { url, ...options }),
    );
  stagecast
    .command('export-site')
    .description('writes everything that is published into a folder that any web server can serve')
    .argument('<folder>', 'a new or empty one, or that of an export before')
    .option('--base-url <address>', 'where it will be served; BASE_URL when missing')
    .action(async (folder: string, options: { baseUrl?: string }) =>
      operate('export-site', { folder: path.resolve(folder), ...options }),
    );
  stagecast
    .command('health')
    .description('says how the feeds are: what listeners get, who fetched them last, what is wrong')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => operate('health', options));
  stagecast
    .command('leave')
    .description(
      'lets a show move to another host: looks whether all of it is there, then leads listeners to it',
    )
    .argument('<show>', "the show's name in its feed's address")
    .argument('[new-feed]', 'address of the feed at the new host')
    .option('--unlock', 'lets other hosts import the show, before it moves')
    .option('--verify <text>', 'what the new host wants to read in the feed (podcast:txt purpose=verify)')
    .option('--anyway', 'although something is missing there')
    .option('--stay', 'takes it all back')
    .option('--allow <host...>', 'a host of a private network that may be fetched from, as 192.168.1.5:8080')
    .action(async (show: string, url: string | undefined, options: object) =>
      operate('leave', { show, url, ...options }),
    );
  stagecast
    .command('take-down')
    .description('takes an episode down for good: feed, pages, files; says what is beyond our reach')
    .argument('<show>/<episode>', "their names in the episode's address")
    .action(async (place: string) => operate('take-down', { place }));
  const audience = stagecast.command('audience').description('who listens to what is published');
  audience
    .command('lists')
    .description("fetches OPAWG's lists of podcast apps and bots and keeps them until they are fetched again")
    .requiredOption(
      '--from <place>',
      'a folder with *.runtime.json, or an https address, such as https://raw.githubusercontent.com/opawg/user-agents-v2/master/build',
    )
    .action(async ({ from }: { from: string }) => {
      const { pinAgentLists } = await import('./cli/audience.ts');
      await pinAgentLists(readConfig(process.env), from);
    });
  audience
    .command('token')
    .description("a token with which programs read a show's figures")
    .argument('<show>', "the show's name in its feed's address")
    .option('--days <number>', 'how long it works', parseDays, 365)
    .action(async (slug: string, options: { days: number }) => {
      const { printAudienceToken } = await import('./cli/audience.ts');
      process.exitCode = await printAudienceToken(readConfig(process.env), slug, options);
    });
  withSound(stagecast.command('export'))
    .description(
      "writes each speaker's track of a session, also of one that still records, for use in other programs",
    )
    .argument('<session>', 'id of a session, or path of its folder')
    .requiredOption('--out <folder>', 'where the files go; made when missing')
    .addOption(
      new Option('--format <format>', 'WAV is 24-bit Broadcast Wave; Opus is what was recorded, as it came')
        .choices(['opus', 'wav', 'flac'])
        .default('flac'),
    )
    .option('--from <time>', 'begin here: seconds, m:ss or h:mm:ss into the recording', parseTime)
    .option('--to <time>', 'end here', parseTime)
    .option('--title <show>', "the show's title in file names; the session's own title when missing")
    .option(
      '--time-zone <zone>',
      "for dates and time references, such as Europe/Brussels; this machine's when missing",
      parseZone,
    )
    .option('--zip', 'one zip archive instead of single files')
    .option('--mastered', 'each voice as in the master: cleaned, leveled, edited, and as long as it')
    .action(async (session: string, options: ExportOptions) => {
      const { exportToFolder } = await import('./cli/export.ts');
      process.exitCode = await exportToFolder(readConfig(process.env), session, options);
    });
  withSound(stagecast.command('master'))
    .description('masters a session into a folder: MP3, M4A and a report, with an edit or without')
    .argument('<session>', 'id of a session, or path of its folder')
    .requiredOption('--out <folder>', 'where the files go; made when missing')
    .option('--window <from-to>', 'seconds of the master, as 60-70: only that part, as window.wav, at once')
    .option('--title <title>', "for the files' tags; the session's own when missing")
    .option('--show <title>', "for the files' tags")
    .action(async (session: string, options: MasterOptions) => {
      const { masterToFolder } = await import('./cli/master.ts');
      process.exitCode = await masterToFolder(readConfig(process.env), session, options);
    });
  stagecast
    .command('register-commands')
    .description("registers the bot's slash commands with Discord")
    .action(async () => (await import('./cli/register-commands.ts')).register(readConfig(process.env)));
  stagecast
    .command('application', { hidden: true })
    .requiredOption('--roles <list>', 'what the recorder wants this process to be', parseRoles)
    .action(async (options: { roles: Role[] }) => {
      const { runForked } = await import('./cli/application.ts');
      process.exit(await runForked(readConfig(process.env), options.roles));
    });
  return stagecast;
}

/** What needs the catalog: done here, or by the Stagecast that has it open. */
async function operate(command: OperatorCommandName, args: unknown): Promise<void> {
  const { operate: run } = await import('./cli/operate.ts');
  process.exitCode = await run(readConfig(process.env), command, args);
}

/** How a session is to be mastered. */
const withSound = (command: Command): Command =>
  command
    .option('--preset <name>', 'a file of templates/presets', 'speech')
    .option('--edit <file>', 'JSON: what to trim, cut, mute, turn up or down, and how long pauses may be')
    .option('--intro <file>', 'sound before the talk')
    .option('--outro <file>', 'sound after the talk')
    .option('--bed <file>', 'sound under the talk, turned down while somebody speaks');

/** What the environment sets already wins over the file. */
function loadSettingsFile(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (cause) {
    throw new ConfigError([
      `.env cannot be read (${(cause as Error).message}). It is a text file with a setting on each line, as .env.example`,
    ]);
  }
}

try {
  loadSettingsFile();
  const words = process.argv.slice(2);
  await program().parseAsync(words.length === 0 ? ['all'] : words, { from: 'user' });
} catch (error) {
  const sentence = explain(error);
  if (sentence !== undefined) console.error(sentence);
  process.exit(exitCodeOf(error));
}

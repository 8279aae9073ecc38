/**
 * Brings what the project needs and the machine lacks: npm packages (Node 26 among them) and ffmpeg; on request a browser,
 * an S3 server, PostgreSQL or bench tools. Plain JavaScript for Node 18 or later, because it runs before anything is installed.
 *
 *   node scripts/setup.mjs [--quiet] [--packages-only] [--with browser|s3|postgres|bench|voices]...
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  EXTRAS,
  installPlan,
  isRecentEnough,
  MINIMUM_FFMPEG,
  namesOf,
  packagesFor,
  parseArguments,
  unknownTo,
} from './setup-plan.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function fail(sentence) {
  console.error(`setup: ${sentence}`);
  // A person must do something first, as in the application's own exit codes.
  process.exit(2);
}

const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Runs a command in plain sight; true when it succeeded. */
function run(command, args) {
  console.log(`setup: ${command} ${args.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment })
      .status === 0
  );
}

/** The stamp holds the lock file's hash, so that a pull, a checkout and an interrupted install are all noticed. */
function installPackages() {
  const stamp = path.join(root, 'node_modules', '.stagecast-lock');
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
    fail('npm ci failed; see its message above. Check the connection to the npm registry and run it again.');
  writeFileSync(stamp, lock);
}

function hasTool(name, override) {
  const answer = spawnSync(override || name, ['-version'], { encoding: 'utf8' });
  return answer.status === 0 && isRecentEnough(answer.stdout);
}

function installSystem(wanted) {
  const manager = ['apt-get', 'brew', 'dnf'].find((name) => runs(name, ['--version']));
  const foreign = manager ? unknownTo(manager, wanted) : wanted;
  const known = wanted.filter((tool) => !foreign.includes(tool));
  if (known.length > 0) installWith(manager, packagesFor(manager, known));
  if (foreign.length > 0)
    fail(
      `please install ${namesOf(foreign)}, for which ${manager ? `${manager} has no package` : 'no package manager that is known here was found'}, then run the command again.`,
    );
}

function installWith(manager, packages) {
  const isRoot = process.getuid?.() === 0;
  const sudo = !isRoot && (process.stdin.isTTY ? runs('sudo', ['--version']) : runs('sudo', ['-n', 'true']));
  const plan = installPlan(manager, packages, { isRoot, sudo });
  if (!plan)
    fail(
      `please install ${packages.join(', ')} with ${manager}, as a user who may, then run the command again.`,
    );
  for (const [command, ...args] of plan)
    if (!run(command, args))
      fail(`${command} could not install ${packages.join(', ')}; please install it by hand.`);
}

const { extras, unknown, quiet, packagesOnly } = parseArguments(process.argv.slice(2));
if (unknown)
  fail(
    `unknown option "${unknown}"; known: --quiet, --packages-only, --with ${Object.keys(EXTRAS).join('|')}`,
  );

// The operator's own ffmpeg may be named in .env; Node reads such files from 20.12 on.
const settingsFile = path.join(root, '.env');
if (existsSync(settingsFile)) {
  try {
    process.loadEnvFile?.(settingsFile);
  } catch (error) {
    fail(
      `.env cannot be read (${error.message}). It is a text file with a setting on each line, as .env.example.`,
    );
  }
}
installPackages();
// The doctor says itself what else is missing.
if (packagesOnly) process.exit(0);
const ffmpegReady = () =>
  hasTool('ffmpeg', process.env.FFMPEG_PATH) && hasTool('ffprobe', process.env.FFPROBE_PATH);
for (const name of ['FFMPEG_PATH', 'FFPROBE_PATH'])
  if (process.env[name] && !hasTool(name, process.env[name]))
    fail(
      `${name} is ${process.env[name]}, which is no ffmpeg ${MINIMUM_FFMPEG} or later; correct it or leave it unset.`,
    );
const missing = [
  ...(ffmpegReady() ? [] : ['ffmpeg']),
  ...extras.filter((extra) => !runs('sh', ['-c', EXTRAS[extra].present])),
];
if (missing.length > 0) installSystem(missing);
if (missing.includes('ffmpeg') && !ffmpegReady())
  fail(
    `ffmpeg and ffprobe ${MINIMUM_FFMPEG} or later are needed, and the system's package is older; install a newer one.`,
  );
if (!quiet) console.log('setup: everything is in place');

/** The decisions of the set-up, as pure functions. Plain JavaScript for Node 18 or later. */

export const MINIMUM_FFMPEG = '5.1';

/** What later suites need besides ffmpeg: a shell test that it is there, what a person installs, and the packages by manager. */
export const EXTRAS = {
  browser: {
    present: 'command -v chromium || command -v chromium-browser || command -v google-chrome',
    byHand: 'Chromium or Google Chrome',
    'apt-get': ['chromium'],
    brew: ['chromium'],
    dnf: ['chromium'],
  },
  s3: {
    present: 'command -v radosgw && command -v ceph-mon && command -v ceph-osd',
    byHand: 'Ceph (radosgw, ceph-mon and ceph-osd)',
    'apt-get': ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
    brew: [],
    dnf: ['ceph-radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
  },
  postgres: {
    present: 'command -v postgres || ls /usr/lib/postgresql/*/bin/postgres',
    byHand: 'the PostgreSQL server',
    'apt-get': ['postgresql'],
    brew: ['postgresql@17'],
    dnf: ['postgresql-server'],
  },
  bench: {
    present: 'command -v opusinfo && command -v nginx && command -v wrk && command -v espeak-ng',
    byHand: 'opus-tools, nginx, wrk and espeak-ng',
    'apt-get': ['opus-tools', 'nginx-light', 'wrk', 'espeak-ng'],
    brew: ['opus-tools', 'nginx', 'wrk', 'espeak-ng'],
    dnf: ['opus-tools', 'nginx', 'wrk', 'espeak-ng'],
  },
  voices: {
    present: 'command -v espeak-ng',
    byHand: 'espeak-ng',
    'apt-get': ['espeak-ng'],
    brew: ['espeak-ng'],
    dnf: ['espeak-ng'],
  },
};

/** Reads the command line: the extras asked for, whether packages are all there is to bring, and the first word that is not known. */
export function parseArguments(args) {
  const extras = [];
  let quiet = false;
  let packagesOnly = false;
  for (let index = 0; index < args.length; index += 1) {
    if (args[index] === '--quiet') quiet = true;
    else if (args[index] === '--packages-only') packagesOnly = true;
    else if (args[index] === '--with' && Object.hasOwn(EXTRAS, args[index + 1] ?? ''))
      extras.push(args[(index += 1)]);
    else
      return {
        extras,
        quiet,
        packagesOnly,
        unknown: args[index] === '--with' ? `--with ${args[index + 1] ?? ''}` : args[index],
      };
  }
  return { extras, quiet, packagesOnly, unknown: undefined };
}

/** True when `ffmpeg -version` names release 5.1 or later; builds from git ("N-1234-g...") are recent. */
export function isRecentEnough(versionText) {
  const release = /version n?(\d+)\.(\d+)/.exec(versionText);
  if (!release) return /version (N-|git)/.test(versionText);
  const [major, minor] = [Number(release[1]), Number(release[2])];
  const [leastMajor, leastMinor] = MINIMUM_FFMPEG.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** The manager's package names of the tools. */
export const packagesFor = (manager, tools) =>
  tools.flatMap((tool) => (tool === 'ffmpeg' ? ['ffmpeg'] : EXTRAS[tool][manager]));

/** The tools as a person looks for them, for systems whose manager we do not know. */
export const namesOf = (tools) =>
  tools
    .map((tool) => (tool === 'ffmpeg' ? `ffmpeg ${MINIMUM_FFMPEG} or later` : EXTRAS[tool].byHand))
    .join(', ');

/** The tools of which the manager has no package. */
export const unknownTo = (manager, tools) =>
  tools.filter((tool) => packagesFor(manager, [tool]).length === 0);

/** The commands to run in turn, or undefined when this user may not install or the manager has no such package. */
export function installPlan(manager, packages, { isRoot, sudo }) {
  if (packages.length === 0) return undefined;
  if (manager === 'brew') return [['brew', 'install', ...packages]];
  if (!isRoot && !sudo) return undefined;
  const prefix = isRoot ? [] : ['sudo'];
  if (manager === 'dnf') return [[...prefix, 'dnf', 'install', '-y', ...packages]];
  return [
    [...prefix, 'apt-get', 'update', '-qq'],
    [...prefix, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ];
}

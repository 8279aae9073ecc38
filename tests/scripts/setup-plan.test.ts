import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  EXTRAS,
  installPlan,
  isRecentEnough,
  namesOf,
  packagesFor,
  parseArguments,
  unknownTo,
} from '../../scripts/setup-plan.mjs';

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright', true],
  ['ffmpeg version 7.0 Copyright', true],
  ['ffmpeg version n6.1.1 Copyright', true],
  ['ffmpeg version N-118000-gabcdef Copyright', true],
  ['ffmpeg version 5.0.3 Copyright', false],
  ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', false],
  ['', false],
])('%s', (text, recent) => {
  expect(isRecentEnough(text)).toBe(recent);
});

test.each([
  ['apt-get', { isRoot: true, sudo: false }, 'apt-get install -y -qq --no-install-recommends ffmpeg'],
  ['apt-get', { isRoot: false, sudo: true }, 'sudo apt-get install -y -qq --no-install-recommends ffmpeg'],
  ['dnf', { isRoot: true, sudo: false }, 'dnf install -y ffmpeg'],
  ['brew', { isRoot: false, sudo: false }, 'brew install ffmpeg'],
])('%s installs as far as the user may', (manager, user, command) => {
  const plan = installPlan(manager, packagesFor(manager, ['ffmpeg']), user);
  expect(plan?.at(-1)?.join(' ')).toBe(command);
});

test('a user who may not install, and a manager without the package, get no plan', () => {
  expect(installPlan('apt-get', ['ffmpeg'], { isRoot: false, sudo: false })).toBeUndefined();
  expect(installPlan('brew', packagesFor('brew', ['s3']), { isRoot: false, sudo: false })).toBeUndefined();
});

test('a person is told what to look for, and never our own names for it', () => {
  expect(namesOf(['ffmpeg', 's3'])).toBe('ffmpeg 5.1 or later, Ceph (radosgw, ceph-mon and ceph-osd)');
  for (const extra of Object.keys(EXTRAS)) expect(namesOf([extra])).toMatch(/\w{5}/);
  expect(unknownTo('brew', ['ffmpeg', 's3'])).toEqual(['s3']);
  expect(unknownTo('apt-get', ['ffmpeg', ...Object.keys(EXTRAS)])).toEqual([]);
});

test('without a package manager the set-up says what to install', () => {
  // An empty path: neither ffmpeg nor anything that could bring it.
  const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs', '--with', 's3'], {
    encoding: 'utf8',
    env: { PATH: '/nonexistent' },
  });
  expect(stderr).toMatch(
    /^setup: please install ffmpeg 5\.1 or later, Ceph \(radosgw.*\), for which no package/,
  );
  expect(status).toBe(2);
});

test('the command line names extras, and what it does not know', () => {
  expect(parseArguments(['--with', 'browser', '--with', 's3', '--quiet'])).toEqual({
    extras: ['browser', 's3'],
    quiet: true,
    packagesOnly: false,
    unknown: undefined,
  });
  expect(parseArguments(['--packages-only']).packagesOnly).toBe(true);
  expect(parseArguments(['--with', 'toString']).unknown).toBe('--with toString');
  expect(parseArguments(['--fast']).unknown).toBe('--fast');
});

test('run again on a finished machine it changes nothing and says so', () => {
  const again = spawnSync(process.execPath, ['scripts/setup.mjs'], { encoding: 'utf8' });
  expect({ status: again.status, stdout: again.stdout }).toEqual({
    status: 0,
    stdout: 'setup: everything is in place\n',
  });
});

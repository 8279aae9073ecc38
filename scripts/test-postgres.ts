/**
 * `npm run test:postgres`: the catalog's tests on a real PostgreSQL. Starts a server of its own in a temporary folder on a
 * free loopback port, runs the tests against it, and removes all of it. `npm run setup -- --with postgres` installs one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian keeps server programs by major version; elsewhere they are on the PATH. */
const DEBIAN = '/usr/lib/postgresql';

function programs(): string {
  if (!existsSync(DEBIAN)) return '';
  const newest = readdirSync(DEBIAN)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(path.join(folder, 'postgres')));
  return newest ?? '';
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package made. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilItAnswers(connectionString: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

const bin = programs();
const program = (name: string) => path.join(bin, name);
if (spawnSync(program('initdb'), ['--version']).status !== 0) {
  console.error('test:postgres: no PostgreSQL server here; npm run setup -- --with postgres installs one.');
  process.exit(1);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'stagecast-postgres-'));
const user = owner();
if (user) chownSync(folder, user.uid, user.gid);
const cluster = path.join(folder, 'cluster');
const asUser = { ...user, cwd: folder };
const made = spawnSync(
  program('initdb'),
  ['-D', cluster, '-U', 'stagecast', '-A', 'trust', '-E', 'UTF8'],
  asUser,
);
if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
const port = await freePort();
const server = spawn(
  program('postgres'),
  ['-D', cluster, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder],
  { ...asUser, stdio: 'ignore' },
);
try {
  const url = `postgresql://stagecast@127.0.0.1:${port}/postgres`;
  await untilItAnswers(url);
  const tests = spawn('vitest', ['run', '--project', 'rooms', 'tests/catalog', 'tests/jobs'], {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: url },
  });
  const [code] = (await once(tests, 'close')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  // SIGINT is a fast shutdown: connections are ended, nothing waits (docs, "Shutting Down the Server").
  server.kill('SIGINT');
  await once(server, 'close');
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Catalogs for tests. A first boot of the embedded engine takes some seconds (initdb in WebAssembly), a copy of one that
 * was booted before a tenth of one: so one is made per version of the catalog, kept in node_modules/.cache, and copied.
 */
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { describe } from 'vitest';
import { acquireLock, FolderInUseError } from '../../../recorder/folder-lock.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/index.ts';

const root = path.join(import.meta.dirname, '../../..');
const LOCK = 'lock';
const KEEP_TEMPLATES_MS = 24 * 60 * 60 * 1000;

export const quietLogger = pino({ level: 'silent' });
export const testBaseUrl = 'https://podcasts.example.org';

export interface TestCatalog {
  catalog: Catalog;
  /** What `openCatalog` was given: open it again with these after closing. */
  options: Parameters<typeof openCatalog>[0];
  /** Closes the catalog and removes all of it. */
  remove(): Promise<void>;
}

/** A catalog of its own for a test file: embedded, or with a server's URL in a database made for it. */
export async function openTestCatalog({
  serverUrl,
}: { serverUrl?: string | undefined } = {}): Promise<TestCatalog> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-test-'));
  const database = serverUrl === undefined ? undefined : await createDatabase(serverUrl);
  if (database === undefined) await prepareCatalog(dataFolder);
  const options = { dataFolder, databaseUrl: database?.url, baseUrl: testBaseUrl, logger: quietLogger };
  const catalog = await openCatalog(options);
  return {
    catalog,
    options,
    async remove() {
      await catalog.close();
      await database?.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Puts an embedded catalog that was booted before, and is empty, into a data folder: for a process that opens it itself. */
export async function prepareCatalog(dataFolder: string): Promise<void> {
  await cp(await templateFolder(), path.join(dataFolder, 'catalog'), { recursive: true });
}

/** Runs the same tests on every engine at hand: PGlite always, PostgreSQL where TEST_DATABASE_URL names a server. */
export function onEachEngine(tests: (engine: { serverUrl: string | undefined }) => void): void {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  describe('on PGlite', () => tests({ serverUrl: undefined }));
  describe.skipIf(serverUrl === undefined)(
    serverUrl === undefined ? 'on PostgreSQL (skipped: TEST_DATABASE_URL is not set)' : 'on PostgreSQL',
    () => tests({ serverUrl }),
  );
}

let nextGuild = 0;
/** A server nobody else in the test file has. */
export const newGuild = (name = 'Test server') => {
  nextGuild += 1;
  return { id: String(100_000_000_000_000_000n + BigInt(nextGuild)), name };
};

async function createDatabase(serverUrl: string) {
  const name = `stagecast_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The embedded database as its first boot leaves it, made once per version of what makes it. */
async function templateFolder(): Promise<string> {
  const cache = path.join(root, 'node_modules/.cache/stagecast-catalog');
  const folder = path.join(cache, await versionOfCatalog());
  for (;;) {
    if (existsSync(folder)) return folder;
    try {
      const release = acquireLock(path.join(cache, LOCK), { command: 'vitest' });
      try {
        if (!existsSync(folder)) await makeTemplate(cache, folder);
      } finally {
        release();
      }
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw error;
      // Another test file makes it; it is somebody else's clock that is waited for.
      await sleep(100);
    }
  }
}

async function makeTemplate(cache: string, folder: string): Promise<void> {
  // Those of earlier versions, and what an interrupted run left; another checkout may be testing with one of today's.
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(path.join(cache, name));
    if (!name.startsWith(LOCK) && Date.now() - mtimeMs > KEEP_TEMPLATES_MS)
      await rm(path.join(cache, name), { recursive: true, force: true });
  }
  const staging = await mkdtemp(path.join(cache, 'making-'));
  const catalog = await openCatalog({ dataFolder: staging, logger: quietLogger });
  await catalog.close();
  await rename(path.join(staging, 'catalog'), folder);
  await rm(staging, { recursive: true });
}

async function versionOfCatalog(): Promise<string> {
  const sources = await readdir(path.join(root, 'src/catalog'), { recursive: true });
  const files = [
    'package-lock.json',
    ...sources.filter((name) => name.endsWith('.ts')).map((name) => `src/catalog/${name}`),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(await readFile(path.join(root, file)));
  return hash.digest('hex').slice(0, 12);
}

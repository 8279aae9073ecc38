import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FolderInUseError } from '../../../recorder/folder-lock.ts';
import { EngineDiedError } from '../../../src/catalog/index.ts';
import { openEmbedded } from '../../../src/catalog/engine/embedded.ts';
import type { Engine } from '../../../src/catalog/engine/engine.ts';
import { checkpointIfGrown, unreplayedBytes } from '../../../src/catalog/engine/upkeep.ts';

let root: string;
let folder: string;
const deaths: Error[] = [];
const open = (at = folder) =>
  openEmbedded(at, {
    onFault(error) {
      throw error as Error;
    },
    onDeath: (error) => deaths.push(error),
  });
const within = async <T>(use: (engine: Engine) => Promise<T>, at = folder): Promise<T> => {
  const engine = await open(at);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
};
const rowsOf = async (engine: Engine, text: string) => (await engine.executeSql(text)).rows;

/** Names what reaches the disk, where the system says what a descriptor stands for. */
const canName = fs.existsSync('/proc/self/fd');
function spyOnSync() {
  const paths: string[] = [];
  const real = fs.fsyncSync;
  const spy = vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    if (canName) paths.push(fs.readlinkSync(`/proc/self/fd/${descriptor}`));
    real(descriptor);
  });
  return { paths, spy };
}

const firstBoot = { syncedBefore: [] as string[], syncedAfter: [] as string[], renames: 0 };

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'stagecast-engine-'));
  folder = path.join(root, 'catalog');
  // A first boot that was cut short has left this.
  fs.mkdirSync(`${folder}.new/base`, { recursive: true });
  fs.writeFileSync(`${folder}.new/PG_VERSION`, '18');
  const { paths } = spyOnSync();
  const rename = fs.renameSync;
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (to === folder) {
      firstBoot.renames += 1;
      firstBoot.syncedBefore = paths.splice(0);
    }
    rename(from, to);
    if (to === folder) paths.splice(0);
  });
  const engine = await open();
  firstBoot.syncedAfter = paths.splice(0);
  vi.restoreAllMocks();
  await engine.executeSql('CREATE TABLE words (word text NOT NULL)');
  await engine.close();
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.skipIf(!canName)(
  'the first boot brings every file to the disk before the database gets its name',
  () => {
    const made = `${folder}.new`;
    const files = new Set(firstBoot.syncedBefore);
    expect(firstBoot.renames).toBe(1);
    expect(files).toContain(made);
    for (const name of ['PG_VERSION', 'global/pg_control', 'base', 'base/1', 'pg_wal'])
      expect(files).toContain(path.join(made, name));
    expect(files.size).toBeGreaterThan(900);
    expect(firstBoot.syncedAfter).toContain(root);
  },
);

test('a first boot that was cut short was begun anew', () => {
  expect(fs.existsSync(`${folder}.new`)).toBe(false);
  expect(fs.existsSync(path.join(folder, 'PG_VERSION'))).toBe(true);
});

test('fsync is on, and done by fsync(2)', async () => {
  const settings = await within(async (engine) => [
    ...(await rowsOf(engine, 'SHOW fsync')),
    ...(await rowsOf(engine, 'SHOW wal_sync_method')),
    ...(await rowsOf(engine, 'SHOW synchronous_commit')),
    ...(await rowsOf(engine, 'SHOW full_page_writes')),
    ...(await rowsOf(engine, 'SHOW shared_buffers')),
  ]);
  expect(Object.assign({}, ...settings)).toEqual({
    fsync: 'on',
    wal_sync_method: 'fsync',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '8MB',
  });
});

test('each commit causes an fsync of the write-ahead log, reading causes none', () =>
  within(async (engine) => {
    await engine.executeSql("INSERT INTO words VALUES ('warm')");
    const { paths, spy } = spyOnSync();
    for (let commit = 1; commit <= 5; commit += 1) {
      await engine.executeSql('INSERT INTO words VALUES ($1)', [`word ${commit}`]);
      expect(spy).toHaveBeenCalledTimes(commit);
    }
    await engine.executeSql('SELECT count(*) FROM words');
    expect(spy).toHaveBeenCalledTimes(5);
    vi.restoreAllMocks();
    for (const file of paths) expect(path.basename(path.dirname(file))).toBe('pg_wal');
  }));

const eio = () => {
  throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5 });
};
test.each([
  ['an fsync', () => vi.spyOn(fs, 'fsyncSync').mockImplementation(eio)],
  ['a write of the log', () => vi.spyOn(fs, 'writeSync').mockImplementation(eio)],
])('%s that fails stops the engine, and loses nothing that was committed', async (_what, breakDisk) => {
  const copy = path.join(root, `failing-${deaths.length}`);
  await cp(folder, copy, { recursive: true });
  const before = deaths.length;
  const engine = await open(copy);
  await engine.executeSql("INSERT INTO words VALUES ('safe')");
  breakDisk();
  const failing = [
    engine.executeSql("INSERT INTO words VALUES ('lost')"),
    engine.executeSql("BEGIN; INSERT INTO words VALUES ('lost too'); COMMIT;"),
    engine.executeSql('SELECT 1'),
  ];
  for (const statement of failing) await expect(statement).rejects.toThrow(EngineDiedError);
  vi.restoreAllMocks();
  expect(deaths.length - before).toBe(1);
  await engine.close();
  const kept = await within((next) => rowsOf(next, "SELECT word FROM words WHERE word = 'safe'"), copy);
  expect(kept).toEqual([{ word: 'safe' }]);
});

test('what was committed is there after reopening', async () => {
  await within((engine) => engine.executeSql("INSERT INTO words VALUES ('kept')"));
  const rows = await within((engine) => rowsOf(engine, "SELECT word FROM words WHERE word = 'kept'"));
  expect(rows).toEqual([{ word: 'kept' }]);
});

test('a killed writer loses no committed row, and its lock is nobody’s', async () => {
  const killed = path.join(root, 'killed');
  await cp(folder, killed, { recursive: true });
  const writer = spawn(process.execPath, [path.join(import.meta.dirname, '../support/writer.ts'), killed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let committed = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    committed = Number(line);
    if (committed === 40) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  expect(committed).toBeGreaterThanOrEqual(40);
  expect(fs.existsSync(`${killed}.lock`)).toBe(true);
  const rows = await within(
    (engine) => rowsOf(engine, "SELECT count(*)::int AS n FROM words WHERE word LIKE 'row %'"),
    killed,
  );
  expect((rows[0] as { n: number }).n).toBeGreaterThanOrEqual(committed);
});

test('a second opening is refused with the holder’s name, and works after the first has closed', async () => {
  const engine = await open();
  await expect(open()).rejects.toThrow(FolderInUseError);
  await expect(open()).rejects.toThrow(`process ${process.pid}`);
  await engine.close();
  await within((again) => rowsOf(again, 'SELECT 1'));
});

test('several statements in one transaction leave nothing behind when one of them fails', () =>
  within(async (engine) => {
    const failing = "BEGIN; INSERT INTO words VALUES ('half'); SELECT 1 / 0; COMMIT;";
    const beside = engine.executeSql(failing);
    const next = rowsOf(engine, "SELECT word FROM words WHERE word = 'half'");
    await expect(beside).rejects.toThrow('division by zero');
    expect(await next).toEqual([]);
    await engine.executeSql("BEGIN; INSERT INTO words VALUES ('whole'); COMMIT;");
    expect(await rowsOf(engine, "SELECT word FROM words WHERE word = 'whole'")).toHaveLength(1);
  }));

test('the write-ahead log is cut by a checkpoint once it has grown, and not before', () =>
  within(async (engine) => {
    const run = (text: string) => engine.executeSql(text);
    const before = await unreplayedBytes(run);
    for (let round = 0; round < 20; round += 1)
      await run('INSERT INTO words SELECT md5(n::text) FROM generate_series(1, 1000) AS n');
    const grown = await unreplayedBytes(run);
    expect(grown - before).toBeGreaterThan(1_000_000);
    expect(await checkpointIfGrown(run)).toBe(false);
    expect(await checkpointIfGrown(run, 1_000_000)).toBe(true);
    expect(await unreplayedBytes(run)).toBeLessThan(10_000);
  }));

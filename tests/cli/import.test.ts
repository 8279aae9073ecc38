import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { checkFeeds } from '../../src/cli/doctor/feeds.ts';
import { readConfig } from '../../src/config.ts';
import { startWorkers } from '../../src/jobs/index.ts';
import { socketPath } from '../../src/operator/control.ts';
import { openOperatorDoor } from '../../src/operator/door.ts';
import { prepareCatalog, quietLogger } from '../catalog/support/test-catalog.ts';
import { feedHost, hostShow, sampleFiles, type FeedHost } from '../import/support/feed-host.ts';
import { quickPolicies } from '../jobs/support/installation.ts';
import { scratchFolder, STACK, stagecast } from './support/command-line.ts';

beforeAll(sampleFiles);

const guild = { id: '100200300', name: 'Open Stage' };
const BASE_URL = 'https://podcasts.example.org';

async function dataFolderWithServer(): Promise<string> {
  const folder = await scratchFolder();
  await prepareCatalog(folder);
  const catalog = await openCatalog({ dataFolder: folder, logger: quietLogger });
  await catalog.guilds.upsert(guild);
  await catalog.close();
  return folder;
}
const words = (host: FeedHost) => [
  'import',
  `${host.url}/feed.xml`,
  '--guild',
  guild.id,
  '--allow',
  host.host,
];
const settings = (dataFolder: string) => ({ DATA_FOLDER: dataFolder, BASE_URL, LOG_LEVEL: 'silent' });

test('one command brings a podcast over, and says what came', async () => {
  const dataFolder = await dataFolderWithServer();
  const host = await feedHost();
  await hostShow(host);
  const first = await stagecast([...words(host), '--show', 'moved'], settings(dataFolder), {
    limitMs: 60_000,
  });
  expect(first.stdout).toContain('“Old Stage”: 3 episodes came, 0 were here before.');
  expect(first.stdout).toContain(`${BASE_URL}/shows/moved/feed.xml`);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  const feed = path.join(dataFolder, 'media/shows/moved/feed.xml');
  expect((await stat(feed)).size).toBeGreaterThan(1000);
});

test('killed in the middle of a file, the same command goes on where it was', async () => {
  const dataFolder = await dataFolderWithServer();
  const host = await feedHost();
  await hostShow(host);
  host.files.get('/1.mp3')!.pieceMs = 30;
  const main = path.join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, [main, ...words(host)], {
    env: { PATH: process.env['PATH'], ...settings(dataFolder) },
    stdio: 'ignore',
  });
  await expect.poll(() => host.sent('/1.mp3'), { timeout: 40_000 }).toBeGreaterThan(20_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  delete host.files.get('/1.mp3')!.pieceMs;
  const second = await stagecast(words(host), settings(dataFolder), { limitMs: 60_000 });
  expect(second.stdout).toContain('3 episodes came');
  expect(second.exitCode).toBe(0);
  const [, from] = /bytes=(\d+)-/.exec(host.asked.findLast(({ url }) => url === '/1.mp3')!.headers.range!)!;
  expect(Number(from)).toBeGreaterThan(10_000);
});

test('beside a Stagecast that runs it is carried out there, by its workers', async () => {
  const dataFolder = await dataFolderWithServer();
  const config = readConfig({ DATA_FOLDER: dataFolder, BASE_URL, SELF_TEST: 'off' });
  const catalog = await openCatalog({ dataFolder, logger: quietLogger, jobPolicies: quickPolicies });
  const media = createFolderStore(config.mediaFolder);
  const work = {
    ...{ catalog, media, baseUrl: BASE_URL, exportLifeMs: 60_000, logger: quietLogger },
    ...{ sessionsFolder: config.sessionsFolder, scratchFolder: config.scratchFolder },
    ...{ exportsFolder: config.exportsFolder, ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' },
  };
  const workers = await startWorkers(work);
  const checkStore = () => Promise.resolve();
  const running = { config, catalog, media, checkStore, publishing: work, logger: quietLogger };
  const door = await openOperatorDoor(running);
  onTestFinished(async () => {
    await door.close();
    await workers.close();
    await catalog.close();
  });
  // Nobody but the user it runs as.
  expect((await stat(socketPath(dataFolder))).mode & 0o777).toBe(0o600);
  const host = await feedHost();
  await hostShow(host);
  const { exitCode, stdout } = await stagecast(words(host), settings(dataFolder), { limitMs: 60_000 });
  expect(stdout).toContain('3 episodes came');
  expect(exitCode).toBe(0);
  expect(await catalog.shows.bySlug('old-stage')).toMatchObject({ guild_id: guild.id });
  // The doctor asks it how the feeds are.
  expect(await checkFeeds({ dataFolder })).toEqual([
    { topic: 'feeds', verdict: 'good', seen: '1 published, each as it should be' },
  ]);
  const refused = await stagecast(
    ['import', 'file:///etc/passwd', '--guild', guild.id],
    settings(dataFolder),
  );
  expect(refused).toMatchObject({ exitCode: 2, stdout: '"file:///etc/passwd" is no web address.\n' });
});

test.each([
  [['import', 'https://old.example/feed'], 2, '--guild'],
  [['import', 'https://old.example/feed', '--guild', 'mine'], 2, 'an id is a number'],
  [['import', 'https://old.example/feed', '--guild', '42'], 2, 'The bot is in no server with the id 42'],
])('%j is refused in a sentence', async (asked, code, sentence) => {
  const dataFolder = await dataFolderWithServer();
  const { exitCode, stdout, stderr } = await stagecast(asked, settings(dataFolder));
  expect(`${stdout}${stderr}`).toContain(sentence);
  expect(`${stdout}${stderr}`).not.toMatch(STACK);
  expect(exitCode).toBe(code);
});

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LIST_NAMES } from '../../publisher/audience/agent-lists.ts';
import { checkLink } from '../../publisher/media/signed-link.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { checkAudience } from '../../src/cli/doctor/audience.ts';
import { readConfig } from '../../src/config.ts';
import { prepareCatalog, quietLogger } from '../catalog/support/test-catalog.ts';
import { temporaryFolder } from '../publisher/shelf.ts';

const main = path.join(import.meta.dirname, '../../src/main.ts');

async function stagecast(dataFolder: string, ...words: string[]) {
  // Vite sets a BASE_URL of its own.
  const env = { ...process.env, BASE_URL: '', DATA_FOLDER: dataFolder };
  return promisify(execFile)(process.execPath, [main, 'audience', ...words], { env }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

async function listsFolder(bots = '{"entries":[{"name":"B","pattern":"^b/"}]}') {
  const folder = await temporaryFolder();
  for (const name of LIST_NAMES)
    await writeFile(path.join(folder, `${name}.runtime.json`), name === 'bots' ? bots : '{"entries":[]}');
  return folder;
}

test('lists are fetched and pinned by a command, and the doctor says which are in use', async () => {
  const dataFolder = await temporaryFolder();
  const { audience } = readConfig({ DATA_FOLDER: dataFolder });
  expect(await checkAudience({ dataFolder, audience })).toMatchObject({ verdict: 'warning' });
  const from = await listsFolder();
  const { code, stdout } = await stagecast(dataFolder, 'lists', '--from', from);
  expect(code).toBe(0);
  expect(stdout).toMatch(/bots +1 +sha256 [0-9a-f]{64}\n/);
  const today = await checkAudience({ dataFolder, audience });
  expect(today).toMatchObject({ verdict: 'good', seen: expect.stringContaining(from) as string });
  const nextYear = Date.now() + 365 * 24 * 60 * 60_000;
  expect(await checkAudience({ dataFolder, audience }, nextYear)).toMatchObject({ verdict: 'warning' });
  const none = { ...audience, countryFile: path.join(dataFolder, 'none.csv') };
  expect((await checkAudience({ dataFolder, audience: none })).seen).toContain('AUDIENCE_COUNTRY_DB');
});

test('lists that cannot be used are refused in a sentence', async () => {
  const { code, stderr } = await stagecast(
    await temporaryFolder(),
    ...['lists', '--from', await listsFolder('{"entries":[{"name":"B","pattern":"(a+)+"}]}')],
  );
  expect(code).toBe(2);
  expect(stderr).toContain('bots.runtime.json');
  expect(stderr).toContain('it repeats a group');
  expect(stderr).not.toContain('at ');
});

test('a token is made for a show and opens its figures until it ends', async () => {
  const dataFolder = await temporaryFolder();
  await prepareCatalog(dataFolder);
  const catalog = await openCatalog({ dataFolder, logger: quietLogger });
  const show = await catalog.shows.createDefaultFor({ id: '1', name: 'Open Stage' });
  const signingKey = await catalog.secrets.getOrCreate('raw-tracks');
  await catalog.close();
  const { code, stdout } = await stagecast(dataFolder, 'token', show.slug, '--days', '7');
  expect(code).toBe(0);
  const [, expires = '', signature] = /Bearer (\d+)\.([\w-]+)"/.exec(stdout) ?? [];
  const verdict = (nowMs: number) =>
    checkLink(signingKey, 'audience', show.id, { expires, signature }, nowMs);
  expect(verdict(Date.now())).toBe('valid');
  expect(verdict(Date.now() + 8 * 24 * 60 * 60_000)).toBe('expired');
  expect((await stagecast(dataFolder, 'token', 'none')).code).toBe(1);
  expect((await stagecast(dataFolder, 'token', show.slug, '--days', '0')).code).toBe(2);
});

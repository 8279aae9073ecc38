/** How the demo ends, and that nothing of it stays behind however its own process does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Check } from '../../src/demo/checks.ts';
import { judgeAll, runDemo, type DemoOptions } from '../../src/demo/index.ts';
import type { Programme } from '../../src/demo/play.ts';
import { prepareCatalog } from '../catalog/support/test-catalog.ts';
import { scratchFolder } from '../cli/support/command-line.ts';
import { childrenOf, line } from './support/house.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');
const UP = /are up at (http\S+)/;

async function answers(baseUrl: string): Promise<boolean> {
  return fetch(`${baseUrl}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

test('a demo that is killed leaves nothing running, and knows nothing of the settings around it', async () => {
  const cwd = await scratchFolder();
  await writeFile(path.join(cwd, '.env'), 'TRANSCRIBE_KEY=canary-of-the-file\n');
  const { PATH, TMPDIR } = process.env;
  const demo = spawn(process.execPath, [MAIN, 'demo'], {
    cwd,
    env: { PATH, TMPDIR, TRANSCRIBE_URL: 'http://127.0.0.1:1/v1', TRANSCRIBE_MODEL: 'canary-of-the-shell' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit');
  let baseUrl: string | undefined;
  for await (const words of createInterface({ input: demo.stdout })) {
    baseUrl = UP.exec(words)?.[1];
    if (baseUrl !== undefined) break;
  }
  expect(await answers(baseUrl!)).toBe(true);
  const [installation] = await childrenOf(demo.pid!);
  const [application] = await childrenOf(installation!);
  for (const pid of [installation!, application!]) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    expect(environment).toContain('DISCORD_TOKEN=');
    expect(environment).not.toMatch(/TRANSCRIBE|canary/);
    // Where it stands is no .env of the operator's.
    expect(await readlink(`/proc/${pid}/cwd`)).toMatch(/\/data\/demo\/[^/]+$/);
  }
  demo.kill('SIGKILL');
  await ended;
  await expect.poll(() => answers(baseUrl!), { timeout: 20_000, interval: 100 }).toBe(false);
});

/** 4 s of two voices, which is too little for a loudness target. */
const TINY: Programme = {
  title: 'Four seconds & a verdict',
  lines: [line('samuel-2.opus', 100), line('tobias-2.opus', 1_000)],
  markers: [{ atMs: 1_800, name: 'In the middle' }],
  endMs: 3_800,
};

/** On a database that was made before, as in every journey. */
async function run(judge: DemoOptions['judge'] & object, onSaid: (text: string) => void = () => undefined) {
  let said = '';
  const out = new Writable({
    write(chunk: Buffer, _, done) {
      said += chunk.toString();
      onSaid(chunk.toString());
      done();
    },
  });
  const exitCode = await runDemo({
    ...{ once: true, channelKind: 'stage', programme: TINY, judge, env: {} },
    async makeFolder() {
      const folder = await scratchFolder();
      await prepareCatalog(folder);
      return folder;
    },
    out: out as unknown as NodeJS.WriteStream,
  });
  return { exitCode, said };
}

test('all is as it was promised: 0; a promise that is not kept is found', async () => {
  let broken: Check[] = [];
  const { exitCode, said } = await run(async (played) => {
    const markers = [{ atMs: 1_800, name: 'Never set' }];
    broken = await judgeAll({ ...played, programme: { ...TINY, markers } });
    return (await judgeAll(played)).filter(({ name }) => name !== 'loudness');
  });
  expect(said).toContain('all of it checked out');
  expect(said).not.toContain('FAILED');
  for (const check of [
    'every packet kept',
    'alignment',
    'M4A',
    'chapters',
    'requests to Discord',
    'raw tracks',
  ])
    expect(said).toMatch(new RegExp(`✓.* ${check} `));
  expect(said).toMatch(/End to feed +\d+\.\d s/);
  expect(exitCode).toBe(0);
  expect(broken.filter(({ ok, name }) => !ok && name !== 'loudness')).toEqual([
    {
      name: 'chapters',
      ok: false,
      detail: expect.stringMatching(/^0\.0 s .*, \d\.\d s In the middle$/) as string,
    },
  ]);
});

test('Ctrl-C in the middle ends all of it, and is told as shells tell it', async () => {
  let baseUrl = '';
  const { exitCode, said } = await run(judgeAll, (text) => {
    baseUrl ||= UP.exec(text)?.[1] ?? '';
    // As the shell sends it, while people speak.
    if (text.includes('has a microphone')) process.emit('SIGINT');
  });
  expect(said).toContain('ending ...');
  expect(said).not.toMatch(/FAILED|Episode page/);
  expect(exitCode).toBe(130);
  expect(baseUrl).not.toBe('');
  expect(await answers(baseUrl)).toBe(false);
});

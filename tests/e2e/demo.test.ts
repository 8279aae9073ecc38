/** However the demo's own process ends, nothing of it stays behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { scratchFolder } from '../cli/support/command-line.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

async function answers(baseUrl: string): Promise<boolean> {
  return fetch(`${baseUrl}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

test('a demo that is killed leaves nothing running', async () => {
  const demo = spawn(process.execPath, [MAIN, 'demo'], {
    cwd: await scratchFolder(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit');
  let baseUrl: string | undefined;
  for await (const line of createInterface({ input: demo.stdout })) {
    baseUrl = /are up at (http\S+)/.exec(line)?.[1];
    if (baseUrl !== undefined) break;
  }
  expect(await answers(baseUrl!)).toBe(true);
  demo.kill('SIGKILL');
  await ended;
  await expect.poll(() => answers(baseUrl!), { timeout: 20_000, interval: 100 }).toBe(false);
});

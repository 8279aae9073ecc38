import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PermissionFlagsBits } from 'discord.js';
import { expect, test } from 'vitest';
import { commands } from '../../src/bot/registry.ts';
import { BOT_PERMISSIONS } from '../../src/demo/scene.ts';

const root = path.join(import.meta.dirname, '../..');

test("the README's invite link grants what the demo's bot works with, no more and no less", async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const granted = BigInt(/[?&]permissions=(\d+)/.exec(readme)?.[1] ?? '0');
  expect(granted).toBe(BOT_PERMISSIONS.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n));
});

test('the README names every command', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  expect(commands.size).toBeGreaterThan(10);
  for (const name of commands.keys()) expect(readme).toContain(`\`/${name}`);
});

test('every setting that is read is explained in .env.example', async () => {
  const example = await readFile(path.join(root, '.env.example'), 'utf8');
  const folder = path.join(root, 'src');
  const files = (await readdir(folder)).filter((name) => /^config\.ts$|-environment\.ts$/.test(name));
  const source = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
  const read = [...source.join('\n').matchAll(/^ {2}([A-Z][A-Z0-9_]+): (?:optional|withDefault)/gm)].map(
    ([, name]) => name,
  );
  expect(read.length).toBeGreaterThan(40);
  // The embedded Discord reads its own.
  for (const name of [...read, 'DISCORD_OPENAPI']) expect(example).toMatch(new RegExp(`^#${name}=`, 'm'));
});

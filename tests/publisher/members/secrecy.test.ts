/** Tokens stand in members' addresses and nowhere else. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createMemberLinks } from '../../../publisher/members/handing.ts';
import { hashOfToken, MEMBERS_SECRET } from '../../../publisher/members/token.ts';
import { newGuild, openTestCatalog } from '../../catalog/support/test-catalog.ts';

test('the catalog’s files hold hashes, and no token of any generation', async () => {
  const { catalog, options } = await openTestCatalog();
  try {
    const guild = newGuild();
    const show = await catalog.shows.createDefaultFor(guild);
    await catalog.memberFeeds.follow(guild.id, show.id, '700', '300');
    const secret = await catalog.secrets.getOrCreate(MEMBERS_SECRET);
    const links = createMemberLinks({ feeds: catalog.memberFeeds, secret, baseUrl: 'https://x.example' });
    const holder = { guildId: guild.id, showId: show.id, userId: '900' };
    const membership = { roleIds: ['700'] };
    const urls = [await links.open(holder, membership), await links.renew(holder, membership)];
    const tokens = urls.map(({ pageUrl }) => pageUrl.split('/')[4]!);
    await catalog.close();
    const folder = path.join(options.dataFolder, 'catalog');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    const bodies = await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name))));
    const holds = (text: string) => bodies.some((body) => body.includes(text));
    for (const token of tokens) {
      expect(holds(hashOfToken(token))).toBe(true);
      expect(holds(token)).toBe(false);
      expect(holds(Buffer.from(token, 'base64url').toString('hex'))).toBe(false);
    }
  } finally {
    await rm(options.dataFolder, { recursive: true, force: true });
  }
});

test('the log of every process writes members’ addresses without their tokens, wherever they stand', () => {
  const token = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE';
  const log = path.join(import.meta.dirname, '../../../src/log.ts');
  const script = `
    import { createLogger } from ${JSON.stringify(log)};
    const logger = createLogger({ logLevel: 'info' }, 'test');
    const error = Object.assign(new Error('refused: https://x.example/members/${token}/'), {
      requestBody: { json: { content: 'https://x.example/members/${token}/feed.xml' } },
    });
    logger.error({ err: error, path: '/members/${token}/media/a.mp3' }, 'at /members/${token}');`;
  const written = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
  });
  expect(written.match(/\/members\/\[token\]/g)).toHaveLength(5);
  expect(written).not.toContain(token);
  expect(() => JSON.parse(written) as unknown).not.toThrow();
});

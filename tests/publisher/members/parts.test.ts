/** What members' addresses are made of and judged by. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encode } from 'uqr';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGuessLimit, WITHIN_SECONDS, WRONG_TOKENS } from '../../../publisher/members/guessing.ts';
import { loadLapsedSound } from '../../../publisher/members/lapsed-sound.ts';
import { privateFollowLinks } from '../../../publisher/members/links.ts';
import { qrPng } from '../../../publisher/members/qr-png.ts';
import { withoutTokens } from '../../../publisher/members/redact.ts';
import { createSharingWatch, MOST_NETWORKS } from '../../../publisher/members/sharing.ts';
import { ASK_AGAIN_MS, mustAsk, standingOf } from '../../../publisher/members/standing.ts';
import { hashOfToken, memberToken, TOKEN_PATTERN } from '../../../publisher/members/token.ts';
import { isUnfurler } from '../../../publisher/members/unfurlers.ts';
import { lapsedSoundPath } from '../../../templates/sounds/index.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const HOUR_MS = 3_600_000;
const subject = { showId: '5e0c1d4c-0000-4000-8000-000000000001', userId: '900', generation: 1 };

describe('tokens', () => {
  test('have 256 bits, follow from the secret and every part of their subject, and from nothing else', () => {
    const token = memberToken(Buffer.alloc(32, 1), subject);
    expect(token).toMatch(new RegExp(`^${TOKEN_PATTERN}$`));
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(memberToken(Buffer.alloc(32, 1), { ...subject })).toBe(token);
    const others = [
      memberToken(Buffer.alloc(32, 2), subject),
      memberToken(Buffer.alloc(32, 1), { ...subject, generation: 11 }),
      memberToken(Buffer.alloc(32, 1), { ...subject, userId: '9001', generation: 1 }),
      memberToken(Buffer.alloc(32, 1), { ...subject, showId: '5e0c1d4c-0000-4000-8000-000000000002' }),
    ];
    expect(new Set([token, ...others]).size).toBe(5);
    expect(hashOfToken(token)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['/members/TOKEN/feed.xml', '/members/[token]/feed.xml'],
    ['https://x.example/members/TOKEN', 'https://x.example/members/[token]'],
    [
      'overcast://add?url=https%3A%2F%2Fx%2Fmembers%2FTOKEN%2Ffeed.xml',
      'overcast://add?url=https%3A%2F%2Fx%2Fmembers%2F[token]%2Ffeed.xml',
    ],
    ['/members/TOK-EN_cutshort', '/members/[token]'],
    ['GET /shows/members/feed.xml', 'GET /shows/members/feed.xml'],
    ['{"url":"/MEMBERS/TOKEN"}', '{"url":"/MEMBERS/[token]"}'],
  ])('in %s they are not written down', (text, written) => {
    const token = memberToken(Buffer.alloc(32, 1), subject);
    expect(withoutTokens(text.replace('TOKEN', token))).toBe(written);
  });
});

describe('standing', () => {
  const graceMs = 24 * HOUR_MS;
  const feed = { state: 'active' as const, has_role: true, checked_at: new Date(NOW_MS - HOUR_MS) };
  const show = { members_role_id: '700' };
  test.each([
    ['with the role', feed, show, 'open'],
    ['without', { ...feed, has_role: false }, show, 'lapsed'],
    ['when the show has no such feed any more', feed, { members_role_id: null }, 'lapsed'],
    ['rotated', { ...feed, state: 'rotated' as const }, show, 'gone'],
    ['banned', { ...feed, state: 'banned' as const }, show, 'gone'],
    ['revoked', { ...feed, state: 'revoked' as const }, show, 'gone'],
    ['erased', { ...feed, state: 'erased' as const }, show, 'gone'],
    [
      'at the end of what Discord’s word is worth',
      { ...feed, checked_at: new Date(NOW_MS - graceMs) },
      show,
      'open',
    ],
    ['a moment later', { ...feed, checked_at: new Date(NOW_MS - graceMs - 1) }, show, 'unknown'],
    ['later, without the role', { ...feed, has_role: false, checked_at: new Date(0) }, show, 'unknown'],
  ])('%s', (_, known, of, standing) => {
    expect(standingOf(known, of, { nowMs: NOW_MS, graceMs })).toBe(standing);
  });

  test('Discord is asked once its word is older than a quarter of an hour, and never about what is over', () => {
    const aged = (ms: number) => ({ ...feed, checked_at: new Date(NOW_MS - ms) });
    expect(mustAsk(aged(ASK_AGAIN_MS), show, NOW_MS)).toBe(false);
    expect(mustAsk(aged(ASK_AGAIN_MS + 1), show, NOW_MS)).toBe(true);
    expect(mustAsk({ ...aged(HOUR_MS), state: 'rotated' }, show, NOW_MS)).toBe(false);
    expect(mustAsk(aged(HOUR_MS), { members_role_id: null }, NOW_MS)).toBe(false);
  });
});

// User agents as they were seen in requests: Discord, Slack, Meta, X, Telegram, WhatsApp, LinkedIn, and Apple's Messages.
test.each([
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Slackbot 1.0 (+https://api.slack.com/robots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Twitterbot/1.0',
  'TelegramBot (like TwitterBot)',
  'WhatsApp/2.23.20.0',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
])('%s shows what is behind a link', (agent) => {
  expect(isUnfurler(agent)).toBe(true);
});

test.each([
  'AppleCoreMedia/1.0.0.21A329 (iPhone; U; CPU OS 17_0 like Mac OS X; en_us)',
  'Podcasts/1650.20 CFNetwork/1333.0.4 Darwin/21.5.0',
  'Overcast/1.0 Podcast Sync (+http://overcast.fm/)',
  'Pocket Casts Feed Parser/1.0',
  'AntennaPod/3.4.0',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  undefined,
])('%s is a listener’s', (agent) => {
  expect(isUnfurler(agent)).toBe(false);
});

describe('guessing', () => {
  test('ends after so many wrong ones, by network, until the time is over', async () => {
    const limit = createGuessLimit();
    for (let tries = 0; tries < WRONG_TOKENS; tries += 1) {
      expect(await limit.waitSeconds('203.0.113.7')).toBeUndefined();
      await limit.wrong('203.0.113.7');
    }
    await limit.wrong('203.0.113.7');
    const wait = await limit.waitSeconds('203.0.113.7');
    expect(wait).toBeGreaterThan(WITHIN_SECONDS - 5);
    expect(wait).toBeLessThanOrEqual(WITHIN_SECONDS);
    expect(await limit.waitSeconds('203.0.113.8')).toBeUndefined();
    // One customer's many addresses of IPv6 are one.
    for (let tries = 0; tries < WRONG_TOKENS; tries += 1) await limit.wrong(`2001:db8::${tries}`);
    expect(await limit.waitSeconds('2001:db8::ffff')).toBeDefined();
    expect(await limit.waitSeconds('2001:db8:0:1::1')).toBeUndefined();
  });
});

describe('sharing', () => {
  test('is told once a day, when one network too many uses an address', () => {
    let nowMs = NOW_MS;
    const watch = createSharingWatch(() => nowMs);
    const use = (token: string, networks: number) =>
      Array.from({ length: networks }, (_, n) => watch.seen(token, `198.51.${n}.7`)).filter(Boolean).length;
    expect(use('a', MOST_NETWORKS)).toBe(0);
    expect(use('a', MOST_NETWORKS)).toBe(0);
    expect(watch.seen('a', '198.51.0.99')).toBe(false);
    expect(watch.seen('a', '203.0.113.1')).toBe(true);
    expect(use('a', 200)).toBe(0);
    expect(use('b', MOST_NETWORKS)).toBe(0);
    nowMs += 24 * HOUR_MS;
    expect(use('a', MOST_NETWORKS + 1)).toBe(1);
    expect(watch.seen('a', undefined)).toBe(false);
  });
});

test('links to apps stay on the device', () => {
  const links = privateFollowLinks('https://x.example/members/t/feed.xml', 'Stage & more');
  expect(links.map(({ label }) => label)).toEqual([
    ...['Apple Podcasts', 'Overcast', 'Pocket Casts', 'Castro', 'Podcast Addict'],
  ]);
  for (const { href } of links) expect(href).toMatch(/^[a-z]+:\/\/.*x\.example/);
});

async function temporaryFile(name: string, body: Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stagecast-qr-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, name);
  await writeFile(file, body);
  return file;
}

test('the QR code is a picture that another program reads, module for module', async () => {
  const text = 'https://podcasts.example.org/members/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE/';
  const png = await temporaryFile('qr.png', qrPng(text));
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const side = Number(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width', '-of', 'csv=p=0', png], {
      encoding: 'utf8',
    }),
  );
  expect(side).toBe(size * 8);
  const grey = execFileSync('ffmpeg', ['-v', 'error', '-i', png, '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);
  expect(grey.length).toBe(side * side);
  const read = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => grey[(row * 8 + 4) * side + column * 8 + 4]! < 128),
  );
  expect(read).toEqual(data.map((row) => row.map(Boolean)));
  expect(read[4]!.slice(0, 12)).toEqual([
    ...Array<boolean>(4).fill(false),
    ...Array<boolean>(7).fill(true),
    false,
  ]);
});

test('the sound of a lapsed feed is as long as is said, and an MP3', async () => {
  const { durationUs } = await loadLapsedSound();
  const probed = execFileSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'format=duration,format_name', '-of', 'csv=p=0', lapsedSoundPath('en')],
    { encoding: 'utf8' },
  );
  const [format, seconds] = probed.trim().split(',');
  expect(format).toBe('mp3');
  expect(Math.abs(Number(seconds) - durationUs / 1e6)).toBeLessThan(0.2);
});

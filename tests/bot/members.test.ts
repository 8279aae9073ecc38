/** Private feeds from the slash command to the app: discord.js against the embedded Discord, and the web server as it is. */
import { hash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type APIMessage, MessageFlags } from 'discord-api-types/v10';
import { parseFeed } from 'podcast-partytime';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import { membersFeedKey } from '../../publisher/site/members-feed.ts';
import { withoutTokens } from '../../publisher/members/redact.ts';
import { createAskMembership } from '../../src/ask-membership.ts';
import type { EpisodeVisibility } from '../../src/catalog/index.ts';
import { publishAndTell } from '../../src/jobs/publish-and-tell.ts';
import { en } from '../../templates/messages/en.ts';
import { mastered, recordingSession, sealing } from '../catalog/support/stories.ts';
import { quietLogger } from '../catalog/support/test-catalog.ts';
import { buttonOf, eventually, type House, type HouseOptions, openHouse } from './support/house.ts';

const BASE_URL = 'https://casts.example.org';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function enter(options: HouseOptions & { delivery?: 'redirect'; op3?: boolean } = {}) {
  house = await openHouse(options);
  const { catalog, media, guild, guest, host, lobby, account, discord, dataFolder } = house;
  const patrons = guild.createRole({ name: 'Patrons', permissions: [] });
  const show = await catalog.shows.createDefaultFor({ id: guild.id, name: 'Ours' });
  if (options.op3) await catalog.shows.update(guild.id, show.id, { feed: { op3: true } });
  const lines: string[] = [];
  const logger = pino(
    { level: 'info', hooks: { streamWrite: withoutTokens } },
    { write: (line) => void lines.push(line) },
  );
  const clock = { aheadMs: 0 };
  const shared: unknown[] = [];
  const store = options.delivery
    ? {
        ...media,
        signedUrl: (key: string, seconds: number) =>
          Promise.resolve(`https://s3.example/${key}?for=${seconds}`),
      }
    : media;
  const app = createPublisherApp({
    ...{
      catalog,
      media: store,
      logger,
      baseUrl: BASE_URL,
      watch: (listener: Parameters<typeof catalog.watch>[0]) => catalog.watch(listener),
      percentOf: () => 0,
    },
    ...{ sessionsFolder: dataFolder, exportsFolder: dataFolder, signingKey: Buffer.alloc(32) },
    nowMs: () => Date.now() + clock.aheadMs,
    members: {
      feeds: catalog.memberFeeds,
      askDiscord: createAskMembership({ token: account.token, apiUrl: discord.apiUrl }),
      graceMs: 24 * HOUR_MS,
      delivery: options.delivery ?? 'stream',
      onShared: (event) => void shared.push(event),
    },
  });
  const get = (url: string, init: RequestInit = {}, address = '203.0.113.7') =>
    app.request(url.replace(BASE_URL, ''), init, { incoming: { socket: { remoteAddress: address } } });
  const work = {
    catalog,
    media,
    baseUrl: BASE_URL,
    scratchFolder: path.join(dataFolder, 'scratch'),
    logger: quietLogger,
  };
  const publish = () => publishAndTell(work, show.id);
  const air = async (title: string, visibility: EpisodeVisibility) => {
    const session = await recordingSession(catalog, show, title);
    await catalog.sessions.seal(session.id, sealing);
    const episode = await catalog.episodes.createForSession(session);
    await catalog.episodes.describe(guild.id, episode.id, { visibility });
    const audio = Buffer.from(`the audio of ${title}, which is long enough to have a middle`);
    const renditions = mastered().renditions.map((rendition) => ({
      ...rendition,
      ...{ bytes: audio.length, sha256: hash('sha256', audio) },
      mediaKey: `${visibility === 'members' ? 'private/' : ''}media/${show.id}/${episode.id}/${rendition.id}.${rendition.kind}`,
    }));
    for (const { mediaKey, mimeType } of renditions)
      await media.put(mediaKey, { body: audio }, { contentType: mimeType });
    await catalog.episodes.markReady(episode.id, mastered({ renditions }));
    await catalog.episodes.publish(guild.id, episode.id);
    await publish();
    await catalog.episodes.markPublished(episode.id);
    return { episode, audio };
  };
  const setRole = () => host.runCommand('show members', { role: patrons }, lobby);
  const subscribe = async (who = guest) => linkIn((await who.runCommand('subscribe', {}, lobby)).reply!);
  const titles = async (feedUrl: string) => {
    const answer = await get(feedUrl);
    return answer.status === 200
      ? (parseFeed(await answer.text())?.items.map(({ title }) => title) ?? [])
      : answer.status;
  };
  return {
    ...house,
    patrons,
    show,
    app,
    get,
    lines,
    clock,
    shared,
    publish,
    air,
    setRole,
    subscribe,
    titles,
  };
}
type Scene = Awaited<ReturnType<typeof enter>>;

function linkIn(reply: APIMessage) {
  const [, feedUrl, token] =
    /(https:\/\/casts\.example\.org\/members\/([\w-]{43})\/feed\.xml)/.exec(reply.content) ?? [];
  if (feedUrl === undefined || token === undefined) throw new Error(`no link in: ${reply.content}`);
  return { feedUrl, token, pageUrl: `${BASE_URL}/members/${token}/`, reply };
}

/** A show with a public and a members' episode, and a guest who holds the role and has a feed. */
async function subscribed(options: Parameters<typeof enter>[0] = {}) {
  const scene = await enter(options);
  const { guest, patrons, setRole, air, subscribe } = scene;
  await setRole();
  guest.setRoles([patrons]);
  await air('In public', 'public');
  const { audio } = await air('Among us', 'members');
  const link = await subscribe();
  const enclosureOf = async (title: string) => {
    const feed = parseFeed(await (await scene.get(link.feedUrl)).text());
    return feed!.items.find((item) => item.title === title)!.enclosure.url;
  };
  return { ...scene, audio, link, enclosureOf };
}

const LAPSED = [en.members.lapsedTitle];
const WHOLE = ['Among us', 'In public'];

describe('handing over', () => {
  test('a member is handed their link where nobody else sees it, as address, code and page', async () => {
    const { link, get, guest, lobby, show } = await subscribed({ membersIntent: true });
    const { reply, feedUrl, pageUrl } = link;
    expect(Number(reply.flags) & MessageFlags.Ephemeral).not.toBe(0);
    expect(reply.content).toBe(en.members.link(show.title, feedUrl));
    const [code] = reply.attachments;
    expect(code).toMatchObject({ filename: 'private-feed.png', description: en.members.qrDescription });
    const png = Buffer.from(await (await fetch(code!.url)).arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(JSON.stringify(reply.components)).toContain(pageUrl);

    const page = await get(pageUrl);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await page.text();
    expect(html).toContain(`pcast://${feedUrl.slice('https://'.length)}`);
    expect(html).not.toContain('antennapod.org');
    for (const [, href] of html.matchAll(/(?:src|href)="(https?:[^"]*)"/g)) expect(href).toContain(BASE_URL);

    // Asking again is no new link.
    const again = linkIn((await guest.runCommand('subscribe', { show: show.id }, lobby)).reply!);
    expect(again.feedUrl).toBe(feedUrl);
  });

  test('each refusal says why, and what to do', async () => {
    const { guest, host, lobby, patrons, guild, show, catalog, setRole, neighbour } = await enter();
    const ask = async (values = {}) => (await guest.runCommand('subscribe', values, lobby)).text();
    expect(await ask()).toBe(en.members.none);
    expect(await ask({ show: show.id })).toBe(en.members.none);
    await setRole();
    expect(await ask()).toBe(en.members.roleNeeded(show.title, `<@&${patrons.id}>`));
    const other = await catalog.shows.create(guild.id, { title: 'Another' });
    await host.runCommand('show members', { show: other.id, role: { id: guild.id } }, lobby);
    // Only one of the two is open to them.
    expect(await ask()).toContain('/members/');
    guest.setRoles([patrons]);
    expect(await ask()).toBe(en.members.which(['Another', show.title]));
    const offered = await guest.autocomplete('subscribe', { show: 'an' }, 'show', lobby);
    expect(offered.choices).toEqual([{ name: 'Another', value: other.id }]);
    const foreign = await neighbour.host.runCommand('subscribe', { show: show.id }, neighbour.lobby);
    expect(foreign.text()).toContain('no such show');
    await expect(guest.runCommand('show members', {}, lobby)).rejects.toThrow(/does not see/);
  });

  test('hosts set the role, hear what follows, end it, and take one member’s address back', async () => {
    const { host, lobby, patrons, show, link, get, titles, guest, subscribe } = await subscribed();
    const say = async (values = {}) => (await host.runCommand('show members', values, lobby)).text();
    expect(await say()).toBe(en.members.on(show.title, `<@&${patrons.id}>`, false));
    expect(await say({ revoke: { id: guest.id } })).toBe(en.members.revoked(`<@${guest.id}>`, true));
    expect(await say({ revoke: { id: guest.id } })).toBe(en.members.revoked(`<@${guest.id}>`, false));
    expect((await get(link.feedUrl)).status).toBe(410);
    const next = await subscribe();
    expect(await titles(next.feedUrl)).toEqual(WHOLE);
    expect(await say({ remove: true })).toBe(en.members.off(show.title));
    expect(await titles(next.feedUrl)).toEqual(LAPSED);
  });

  test('an episode becomes members’ by its host, and says so wherever it is shown', async () => {
    const { host, lobby, catalog, air, setRole, publish } = await enter();
    const { episode } = await air('For some', 'public');
    await setRole();
    const edit = { episode: episode.id, visibility: 'members' };
    await host.runCommand('episode edit', edit, lobby);
    const answer = await host.runCommand('episode publish', { episode: episode.id }, lobby);
    const done = await answer.until(({ content }) => content.includes('published for members'));
    expect(done.content).toContain(en.episode.publishedForMembers('For some'));
    expect(JSON.stringify(done.components)).not.toContain('/episodes/');
    await publish();
    const { renditions } = (await catalog.episodes.byId(episode.id))!;
    for (const { media_key: key } of renditions) expect(key).toMatch(/^private\//);
    const list = await host.runCommand('episode list', {}, lobby);
    expect(list.text()).toContain('For some');
    expect(list.text()).not.toContain('/episodes/');
  });
});

describe('what is served', () => {
  test('the feed is the member’s own, private in every way, with the same episodes as everybody’s', async () => {
    const { link, get, media, show, catalog } = await subscribed({ op3: true });
    const answer = await get(link.feedUrl);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'content-type': 'application/rss+xml; charset=utf-8',
      'x-robots-tag': 'noindex, nofollow, noarchive',
    });
    expect(answer.headers.get('link')).toBeNull();
    const xml = await answer.text();
    expect(xml).toContain('<itunes:block>Yes</itunes:block>');
    expect(xml).toContain('<podcast:locked>yes</podcast:locked>');
    expect(xml).toContain('<podcast:block>yes</podcast:block>');
    expect(xml).not.toMatch(/rel="hub"|op3\.dev|usesPodping="true"/);
    expect(xml).toContain(`<atom:link href="${link.feedUrl}" rel="self"`);
    const feed = parseFeed(xml)!;
    expect(feed.items.map(({ title }) => title)).toEqual(WHOLE);
    const episodes = await catalog.episodes.publishable(show.id);
    expect(feed.items.map(({ guid }) => guid)).toEqual(episodes.map(({ guid }) => guid));
    const head = await get(link.feedUrl, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(xml)));
    for (const [encoding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const headers = { 'Accept-Encoding': encoding };
      const packed = await get(link.feedUrl, { headers });
      expect(packed.headers.get('content-encoding')).toBe(encoding);
      expect(packed.headers.get('cache-control')).toBe('private, no-store');
      expect(packed.headers.get('vary')).toBe('Accept-Encoding');
      expect(decode(Buffer.from(await packed.arrayBuffer())).toString()).toBe(xml);
      const etag = packed.headers.get('etag')!;
      expect(etag).not.toBe(answer.headers.get('etag'));
      const same = await get(link.feedUrl, { headers: { ...headers, 'If-None-Match': etag } });
      expect(same.status).toBe(304);
    }

    // Everybody's feed knows nothing of it, and no store knows a token.
    const open = String(await buffer((await media.read(`shows/${show.slug}/feed.xml`))!.body));
    expect(parseFeed(open)?.items.map(({ title }) => title)).toEqual(['In public']);
    const common = await media.head(membersFeedKey(show.id));
    expect(common).toMatchObject({ cacheControl: 'private, no-store' });
    for (const key of await media.list('')) {
      const body = await buffer((await media.read(key))!.body);
      expect([key, body.includes(link.token)]).toEqual([key, false]);
    }
  });

  test('the validator follows the revision and the member; a change goes out at once', async () => {
    const { link, get, catalog, guild, show, publish, host, patrons, subscribe } = await subscribed();
    const first = await get(link.feedUrl);
    const etag = first.headers.get('etag')!;
    expect((await get(link.feedUrl, { headers: { 'If-None-Match': `W/${etag}` } })).status).toBe(304);
    host.setRoles([patrons]);
    const other = await subscribe(host);
    expect((await get(other.feedUrl)).headers.get('etag')).not.toBe(etag);
    const [episode] = await catalog.episodes.publishable(show.id);
    await catalog.episodes.describe(guild.id, episode!.id, { title: 'Among us, mended' });
    await publish();
    const changed = await get(link.feedUrl, { headers: { 'If-None-Match': etag } });
    expect(changed.status).toBe(200);
    expect(await changed.text()).toContain('Among us, mended');
  });

  test('audio goes out by ranges behind the token alone; chapters have their type', async () => {
    const { link, get, audio, enclosureOf, show } = await subscribed();
    const url = await enclosureOf('Among us');
    expect(url).toMatch(
      new RegExp(`^${BASE_URL}/members/${link.token}/media/[0-9a-f-]{36}/[0-9a-f-]{36}\\.mp3$`),
    );
    expect(await enclosureOf('In public')).toMatch(new RegExp(`^${BASE_URL}/media/${show.id}/`));
    const whole = await get(url);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('cache-control')).toBe('private, no-store');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(audio);
    const part = await get(url, { headers: { Range: 'bytes=4-8' } });
    expect([part.status, await part.text()]).toEqual([206, audio.subarray(4, 9).toString()]);
    const chapters = parseFeed(await (await get(link.feedUrl)).text())!.items[0]!.podcastChapters!.url;
    expect((await get(chapters)).headers.get('content-type')).toBe('application/json+chapters');

    const key = `/private/media/${show.id}/${url.split('/media/')[1]!}`;
    const ways = [
      key,
      `/media/..${key}`,
      `/media/%2e%2e${key}`,
      `/media/${show.id}/${url.split('/media/')[1]!}`,
    ];
    for (const way of [...ways, `/assets${key}`, `/art/%2e%2e/private/shows/${show.id}/members.json`])
      expect([way, (await get(way)).status]).toEqual([way, 404]);
    const strange = url.replace(/[0-9a-f-]{36}\.mp3$/, '..%2f..%2fmembers.json');
    expect((await get(strange)).status).toBe(404);
    const elsewhere = url.replace(/media\/[0-9a-f-]{36}/, 'media/5e0c1d4c-0000-4000-8000-000000000001');
    expect((await get(elsewhere)).status).toBe(404);
  });

  test('redirect: audio comes by a link that the store signs, never one in the feed', async () => {
    const { link, get, enclosureOf } = await subscribed({ delivery: 'redirect' });
    const url = await enclosureOf('Among us');
    expect(await (await get(link.feedUrl)).text()).not.toContain('s3.example');
    const sent = await get(url);
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([302, 'private, no-store']);
    expect(sent.headers.get('location')).toMatch(/^https:\/\/s3\.example\/private\/media\/.*\?for=3600$/);
    const head = await get(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
  });
});

describe('following the role', () => {
  const within5s = { timeout: 5_000 };
  const follow = async ({
    titles,
    link,
    get,
    enclosureOf,
    guest,
    patrons,
    guild,
  }: Awaited<ReturnType<typeof subscribed>>) => {
    const url = await enclosureOf('Among us');
    const until = (wanted: unknown) =>
      eventually(
        () => titles(link.feedUrl),
        (now) => JSON.stringify(now) === JSON.stringify(wanted),
        within5s.timeout,
      );
    guest.setRoles([]);
    await until(LAPSED);
    expect((await get(url)).status).toBe(403);
    expect((await get(link.pageUrl)).status).toBe(403);
    const lapsed = parseFeed(await (await get(link.feedUrl)).text())!.items[0]!;
    const sound = await get(lapsed.enclosure.url);
    expect(sound.status).toBe(200);
    expect((await sound.arrayBuffer()).byteLength).toBe(lapsed.enclosure.length);
    expect(lapsed.enclosure.url).not.toContain(link.token);
    guest.setRoles([patrons]);
    await until(WHOLE);
    expect((await get(url)).status).toBe(200);
    guest.leave();
    await until(LAPSED);
    guest.rejoin();
    guest.setRoles([patrons]);
    await until(WHOLE);
    guild.deleteRole(patrons);
    await until(LAPSED);
  };

  test('with the privileged intent every change is there within 5 s, at the same address', async () => {
    await follow(await subscribed({ membersIntent: true }));
  }, 40_000);

  test('without it Discord is asked once its word is a quarter of an hour old', async () => {
    const { guest, patrons, link, titles, clock, get, enclosureOf, discord } = await subscribed();
    const url = await enclosureOf('Among us');
    const asked = () =>
      discord.requests.filter(({ path: asks }) => asks.endsWith(`/members/${guest.id}`)).length;
    guest.setRoles([]);
    const before = asked();
    expect(await titles(link.feedUrl)).toEqual(WHOLE);
    expect(asked()).toBe(before);
    clock.aheadMs = 16 * MINUTE_MS;
    const all = await Promise.all(Array.from({ length: 8 }, () => titles(link.feedUrl)));
    expect(all).toEqual(Array.from({ length: 8 }, () => LAPSED));
    expect(asked()).toBe(before + 1);
    expect((await get(url)).status).toBe(403);
    guest.setRoles([patrons]);
    clock.aheadMs += 16 * MINUTE_MS;
    expect((await get(url)).status).toBe(200);
    expect(await titles(link.feedUrl)).toEqual(WHOLE);
    guest.leave();
    clock.aheadMs += 16 * MINUTE_MS;
    expect(await titles(link.feedUrl)).toEqual(LAPSED);
  });

  test('while Discord cannot be asked its last word holds for a day, then nobody comes in, and back again', async () => {
    const { link, titles, clock, get, discord, lines, enclosureOf } = await subscribed();
    const url = await enclosureOf('Among us');
    const limit = { path: '/members/', retryAfterS: 0.01, times: 1_000 };
    discord.rest.rateLimits.push(limit);
    clock.aheadMs = 23 * HOUR_MS;
    expect(await titles(link.feedUrl)).toEqual(WHOLE);
    clock.aheadMs = 25 * HOUR_MS;
    const answer = await get(link.feedUrl);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '900']);
    expect((await get(url)).status).toBe(503);
    expect(lines.some((line) => line.includes('what is known holds on'))).toBe(true);
    limit.times = 0;
    // Discord is not asked again before the second is over that it asked for.
    await sleep(1_100);
    clock.aheadMs += MINUTE_MS;
    await eventually(
      () => titles(link.feedUrl),
      (now) => Array.isArray(now),
      5_000,
    );
    expect(await titles(link.feedUrl)).toEqual(WHOLE);
  });

  test('what happened while the bot was away is asked when it is back', async () => {
    const scene = await subscribed({ membersIntent: true });
    const { guest, link, titles } = scene;
    await scene.die();
    guest.setRoles([]);
    expect(await titles(link.feedUrl)).toEqual(WHOLE);
    await scene.start();
    await eventually(
      () => titles(link.feedUrl),
      (now) => JSON.stringify(now) === JSON.stringify(LAPSED),
      5_000,
    );
  });

  test('another role counts at once for who holds it', async () => {
    const { guest, guild, host, lobby, patrons, link, titles } = await subscribed();
    const friends = guild.createRole({ name: 'Friends', permissions: [] });
    await host.runCommand('show members', { role: friends }, lobby);
    await eventually(
      () => titles(link.feedUrl),
      (now) => JSON.stringify(now) === JSON.stringify(LAPSED),
      5_000,
    );
    guest.setRoles([patrons, friends]);
    await host.runCommand('show members', { role: patrons }, lobby);
    await eventually(
      () => titles(link.feedUrl),
      (now) => JSON.stringify(now) === JSON.stringify(WHOLE),
      5_000,
    );
  });
});

describe('gone for good', () => {
  const gone = async (
    { get }: Pick<Scene, 'get'>,
    link: { feedUrl: string; pageUrl: string },
    media: string,
  ) => [await get(link.feedUrl), await get(media), await get(link.pageUrl)].map(({ status }) => status);

  test('reset: the new one works, and the old is gone', async () => {
    const scene = await subscribed();
    const { guest, link, enclosureOf, titles } = scene;
    const url = await enclosureOf('Among us');
    const pressed = await guest.press(link.reply, buttonOf(link.reply, 'members:reset:'));
    const next = linkIn(pressed.reply!);
    expect(pressed.reply!.content).toContain(en.members.reset);
    expect(pressed.ephemeral).toBe(true);
    expect(next.token).not.toBe(link.token);
    expect(await titles(next.feedUrl)).toEqual(WHOLE);
    expect(await gone(scene, link, url)).toEqual([410, 410, 410]);
  });

  test('a ban, also of somebody who holds the role, and without the privileged intent', async () => {
    const scene = await subscribed();
    const { guest, guild, link, enclosureOf, get, patrons, subscribe } = scene;
    const url = await enclosureOf('Among us');
    guild.ban(guest);
    await eventually(
      async () => (await get(link.feedUrl)).status,
      (status) => status === 410,
      5_000,
    );
    expect(await gone(scene, link, url)).toEqual([410, 410, 410]);
    guild.unban(guest);
    guest.rejoin();
    guest.setRoles([patrons]);
    expect((await subscribe()).token).not.toBe(link.token);
    expect((await get(link.feedUrl)).status).toBe(410);
  });

  test('a ban that no event told is seen by asking, where the bot may see bans', async () => {
    const scene = await subscribed({
      permissions: ['BanMembers', 'ManageEvents', 'CreateEvents'],
    });
    const { guest, guild, link, clock, get } = scene;
    await scene.die();
    guild.ban(guest);
    clock.aheadMs = 16 * MINUTE_MS;
    expect((await get(link.feedUrl)).status).toBe(410);
  });

  test('whoever asks to be forgotten: the address is gone, and another may be had', async () => {
    const scene = await subscribed();
    const { guest, lobby, link, enclosureOf, catalog, guild, subscribe, titles } = scene;
    const url = await enclosureOf('Among us');
    const question = await guest.runCommand('privacy forget-me', {}, lobby);
    const answer = await guest.press(question.reply!, `privacy:forget:${guest.id}`);
    await answer.until(({ content }) => content.includes(en.privacy.feedsForgotten));
    expect(await gone(scene, link, url)).toEqual([410, 410, 410]);
    expect(await catalog.memberFeeds.holders(guild.id)).toEqual([]);
    const next = await subscribe();
    expect(next.token).not.toBe(link.token);
    expect(await titles(next.feedUrl)).toEqual(WHOLE);
  });
});

describe('strangers', () => {
  test('what unfolds links sees nothing at a private address', async () => {
    const { link, get, enclosureOf } = await subscribed();
    const media = await enclosureOf('Among us');
    for (const agent of [
      'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
      'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
      'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    ])
      for (const url of [link.feedUrl, link.pageUrl, media]) {
        const answer = await get(url, { headers: { 'User-Agent': agent } });
        expect([agent, answer.status]).toEqual([agent, 404]);
        expect(await answer.text()).not.toContain('Ours');
      }
  });

  test('guessing is limited by address, and no member notices', async () => {
    const { link, get } = await subscribed();
    const guess = (n: number) => `/members/${String(n).padStart(43, 'A')}/feed.xml`;
    const statuses = [];
    for (let n = 0; n < 25; n += 1) statuses.push((await get(guess(n), {}, '198.51.100.9')).status);
    expect(statuses).toEqual([...Array<number>(20).fill(404), ...Array<number>(5).fill(429)]);
    const limited = await get(guess(26), {}, '198.51.100.9');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(500);
    // Nobody who has a token is shut out by a neighbour who guesses.
    expect((await get(link.feedUrl, {}, '198.51.100.9')).status).toBe(200);
    // What cannot be a token is not even looked up.
    expect((await get('/members/short/feed.xml', {}, '198.51.100.10')).status).toBe(404);
  });

  test('an address that is used from very many networks is told, and its host hears of it', async () => {
    const { link, get, shared, show, guild, guest, host, catalog } = await subscribed();
    for (let n = 0; n < 30; n += 1) await get(link.feedUrl, {}, `10.0.${n}.1`);
    expect(shared).toEqual([{ guildId: guild.id, showId: show.id, userId: guest.id }]);
    await catalog.notify({ type: 'shared-feed', guildId: guild.id, showId: show.id, userId: guest.id });
    const told = await eventually(
      () => host.inbox.messages(),
      (messages) => messages.length > 0,
      5_000,
    );
    expect(told[0]!.content).toContain(en.members.shared(show.title, `<@${guest.id}>`));
  });

  test('no log line has a token, also when all goes wrong', async () => {
    const logged: string[] = [];
    const { link, get, media, lines, show } = await subscribed({ logged });
    await media.put(
      membersFeedKey(show.id),
      { body: Buffer.from('{ broken') },
      { contentType: 'application/json' },
    );
    await eventually(
      async () => (await get(link.feedUrl)).status,
      (status) => status === 500,
      5_000,
    );
    expect(lines.some((line) => line.includes('/members/[token]/feed.xml'))).toBe(true);
    for (const line of [...lines, ...logged]) expect(line).not.toContain(link.token);
  });
});

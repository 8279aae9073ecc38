import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseFeed } from 'podcast-partytime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importJob } from '../../src/jobs/import-job.ts';
import { newGuild } from '../catalog/support/test-catalog.ts';
import {
  feedHost,
  feedXml,
  hostShow,
  itemXml,
  sampleFiles,
  showItems,
  type FeedHost,
} from '../import/support/feed-host.ts';
import { openInstallation, type Installation } from './support/installation.ts';

let house: Installation;
beforeAll(async () => {
  house = await openInstallation();
  await sampleFiles();
});
afterAll(() => house.remove());

async function newServer(): Promise<string> {
  const guild = newGuild();
  await house.catalog.guilds.upsert(guild);
  return guild.id;
}

/** As the command and the worker do it; answers the row as it is then. */
async function run(
  host: FeedHost,
  guildId: string,
  {
    feed = '/feed.xml',
    show,
    signal = new AbortController().signal,
    allow = true,
  }: { feed?: string; show?: string; signal?: AbortSignal; allow?: boolean } = {},
) {
  const { catalog } = house;
  const wanted = {
    guildId,
    feedUrl: `${host.url}${feed}`,
    showSlug: show,
    allowHosts: allow ? [host.host] : [],
  };
  const { id } = await catalog.imports.request(wanted);
  const job = importJob({ ...house.options(), pauseMs: 20 });
  await job.run({ id: 'job', payload: { importId: id }, signal }).catch(async (error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'GiveUpError') throw error;
    await job.giveUp({ importId: id }, error.message);
  });
  return (await catalog.imports.byId(id))!;
}
const publicFeed = async (slug: string) => {
  const found = await house.media.read(`shows/${slug}/feed.xml`);
  const xml = found && (await text(found.body));
  return { xml, feed: xml === undefined ? undefined : parseFeed(xml) };
};

test('a feed comes over whole: guids, dates, files byte for byte, chapters, transcripts, people, art', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host, '<p:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</p:guid>');
  const done = await run(host, guildId);
  expect(done.said).toContain('3 episodes came, 0 were here before');
  expect(done.state).toBe('done');
  const { catalog, media } = house;
  const show = (await catalog.shows.byId(done.show_id!))!;
  expect(show).toMatchObject({
    ...{ title: 'Old Stage', slug: 'old-stage', language: 'de', author: 'Them', category: 'Technology' },
    podcast_guid: '917393e3-1b1e-5cef-ace4-edaa54e1f810',
  });
  const { mp3, m4a, cover, art } = await sampleFiles();
  const coverStored = await media.head(show.cover_key!);
  expect(coverStored).toMatchObject({ sha256: hash('sha256', cover), contentType: 'image/png' });
  expect(await media.head(show.cover_key!.replace('.png', '.small.webp'))).toMatchObject({
    contentType: 'image/webp',
  });

  const { feed, xml } = await publicFeed(show.slug);
  expect(feed?.guid).toBe('917393e3-1b1e-5cef-ace4-edaa54e1f810');
  expect(feed?.items.map(({ guid, pubDate }) => [guid, pubDate?.toISOString()])).toEqual([
    ['http://old.example/?p=3', '2019-03-06T10:00:00.000Z'],
    ['Two & 2', '2019-03-05T10:00:00.000Z'],
    ['one', '2019-03-04T09:00:00.000Z'],
  ]);
  const [three, two, one] = feed!.items;
  expect(three).toMatchObject({ itunesEpisodeType: 'trailer' });
  expect(two!.enclosure).toMatchObject({ type: 'audio/x-m4a', length: m4a.length });
  expect(one).toMatchObject({
    itunesSeason: 1,
    itunesEpisode: 1,
    podcastSeason: { number: 1, name: 'First' },
  });
  expect(one!.podcastPeople).toMatchObject([{ name: 'Ada', role: 'Guest' }]);
  expect(one!.enclosure).toMatchObject({ type: 'audio/mpeg', length: mp3.length });
  // The length of the file itself, and not what the feed said.
  expect(one!.duration).toBe(20);
  const objectAt = (url: string) => media.read(new URL(url).pathname.slice(1));
  const stored = (await objectAt(one!.enclosure.url))!;
  expect(stored.object.sha256).toBe(hash('sha256', mp3));
  expect((await objectAt(one!.itunesImage!))?.object.sha256).toBe(hash('sha256', art));
  const chapters = JSON.parse(await text((await objectAt(one!.podcastChapters!.url))!.body)) as {
    chapters: { img?: string }[];
  };
  expect(chapters.chapters).toMatchObject([
    { startTime: 0, title: 'Hello', url: 'https://example.org/', img: one!.itunesImage },
    { startTime: 10, title: 'More' },
  ]);
  const psc = JSON.parse(await text((await objectAt(two!.podcastChapters!.url))!.body)) as unknown;
  expect(psc).toMatchObject({ chapters: [{ title: 'A' }, { startTime: 1.5, title: 'B' }] });
  const kinds = one!.podcastTranscripts!.map(({ type, language }) => [type, language]);
  expect(kinds).toEqual([
    ['text/vtt', 'en'],
    ['application/srt', 'en'],
    ['application/json', 'en'],
  ]);
  const vtt = one!.podcastTranscripts![0]!;
  expect(await text((await objectAt(vtt.url))!.body)).toBe(
    'WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ada>Good evening\n',
  );
  const page = await text((await media.read(`shows/${show.slug}/episodes/one/index.html`))!.body);
  expect(page).toContain('Good evening');
  expect(xml).not.toContain(host.host);
  expect(await readdir(house.scratchFolder)).toEqual([]);
});

test('a second import adds what is new, changes nothing else and fetches nothing twice', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host);
  const first = await run(host, guildId, { show: 'moved-here' });
  const { catalog } = house;
  const show = (await catalog.shows.byId(first.show_id!))!;
  expect(show.slug).toBe('moved-here');
  const episodes = await catalog.episodes.publishable(show.id);
  const [withdrawn] = episodes;
  await catalog.episodes.describe(guildId, episodes[1]!.id, { title: 'Our own words' });
  await catalog.episodes.withdraw(guildId, withdrawn!.id);
  const before = await catalog.episodes.publishable(show.id);
  host.put('/new.mp3', (await sampleFiles()).mp3b, 'audio/mpeg');
  const more = itemXml(host.url, {
    guid: 'new',
    title: 'New',
    date: 'Thu, 07 Mar 2019 10:00:00 GMT',
    file: '/new.mp3',
  });
  host.put('/feed.xml', feedXml('<i:author>Others</i:author>', [more, ...showItems(host.url)]), 'text/xml');
  const second = await run(host, guildId, { show: 'moved-here' });
  expect(second).toMatchObject({ id: first.id, state: 'done', show_id: show.id });
  expect(second.said).toContain('1 episode came, 3 were here before');
  const after = await catalog.episodes.publishable(show.id);
  expect(after.map(({ guid }) => guid)).toEqual(['new', ...before.map(({ guid }) => guid)]);
  expect(after.slice(1)).toEqual(before);
  expect(await catalog.shows.byId(show.id)).toMatchObject({ author: 'Them', cover_key: show.cover_key });
  for (const name of ['/1.mp3', '/2', '/3.mp3', '/cover.png', '/1.vtt', '/new.mp3'])
    expect([name, host.times(name)]).toEqual([name, 1]);
  // Once more, with nothing new: not even the revision moves.
  const { feed_revision: revision } = (await catalog.shows.byId(show.id))!;
  expect((await run(host, guildId)).said).toContain('0 episodes came, 4 were here before');
  expect((await catalog.shows.byId(show.id))!.feed_revision).toBe(revision);
});

test('cut short in the middle of a file it goes on there; what had come is not asked for again, and nothing was out', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host);
  host.files.get('/2')!.pieceMs = 50;
  const stop = new AbortController();
  const { mp3, m4a } = await sampleFiles();
  const running = run(host, guildId, { signal: stop.signal });
  await expect.poll(() => host.sent('/2'), { timeout: 20_000 }).toBeGreaterThan(4_096);
  stop.abort(new Error('the worker closes'));
  await expect(running).rejects.toThrow('the worker closes');
  const { catalog } = house;
  const row = await catalog.imports.request({
    guildId,
    feedUrl: `${host.url}/feed.xml`,
    allowHosts: [host.host],
  });
  const show = (await catalog.shows.byId(row.show_id!))!;
  expect(await catalog.episodes.listFor(guildId)).toMatchObject([{ guid: 'one', state: 'ready' }]);
  expect(await publicFeed(show.slug)).toEqual({ xml: undefined, feed: undefined });
  host.files.get('/2')!.pieceMs = undefined;
  expect((await run(host, guildId)).said).toContain('2 episodes came, 1 were here before');
  expect(host.sent('/1.mp3')).toBe(mp3.length);
  const ranges = host.asked.filter(({ url }) => url === '/2').map(({ headers }) => headers.range);
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  // What was on its way when it was cut may have been sent twice, and no more.
  expect(host.sent('/2')).toBeLessThan(m4a.length + 3 * 2_048);
  expect((await publicFeed(show.slug)).feed?.items.length).toBe(3);
});

test('a try that died between going out and being noted is brought to its end', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host);
  const first = await run(host, guildId);
  const { catalog } = house;
  const episodes = await catalog.episodes.publishable(first.show_id!);
  for (const { id } of episodes) await catalog.episodes.publish(guildId, id);
  await run(host, guildId);
  const states = await catalog.episodes.listFor(guildId);
  expect(states.map(({ state }) => state)).toEqual(['published', 'published', 'published']);
  expect(states.map(({ published_at }) => published_at!.getUTCFullYear())).toEqual([2019, 2019, 2019]);
});

test('a host that breaks off, is not well for a while or lacks a file keeps no other episode from coming', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host);
  Object.assign(host.files.get('/1.mp3')!, { breakAfter: 60_000, breaks: 2 });
  host.files.get('/2')!.status = 404;
  host.put('/3.mp3', '<!doctype html><html><title>Please log in</title></html>', 'audio/mpeg');
  host.files.delete('/art.jpg');
  const done = await run(host, guildId);
  expect(done).toMatchObject({ state: 'done' });
  expect(done.said).toContain('2 episodes could not be taken over');
  expect(done.said).toMatch(/“Two”: .* answers with status 404\./);
  expect(done.said).toContain('“Three”: it is a web page, not audio.');
  expect(done.said).toMatch(/“One” came without its art: .* 404/);
  expect(host.sent('/1.mp3')).toBe((await sampleFiles()).mp3.length);
  // The same command again, when the host has mended it.
  delete host.files.get('/2')!.status;
  host.put('/3.mp3', (await sampleFiles()).mp3b, 'audio/mpeg');
  expect((await run(host, guildId)).said).toContain('2 episodes came, 1 were here before');
});

test('a locked feed comes over for its owner alone, who is told what to put where', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host, '<p:locked owner="me@old.example">yes</p:locked>');
  const refused = await run(host, guildId);
  expect(refused).toMatchObject({ state: 'unproven', show_id: null });
  const [, token = ''] =
    /<podcast:txt purpose="verify">(stagecast-[0-9a-f]{24})<\/podcast:txt>/.exec(refused.said!) ?? [];
  expect(refused.said).toContain('me@old.example');
  expect(host.times('/1.mp3')).toBe(0);
  const other = await run(host, await newServer());
  // For another server it is another word: whoever reads one cannot use it.
  expect(other.said).not.toContain(token);
  const locked = '<p:locked>yes</p:locked>';
  const put = (channel: string, items = showItems(host.url)) =>
    host.put('/feed.xml', feedXml(channel, items), 'text/xml');
  // In an episode anybody may have written it.
  put(
    locked,
    showItems(host.url).map((item) => item.replace('About', `${token} About`)),
  );
  expect((await run(host, guildId)).state).toBe('unproven');
  put(`${locked}<p:txt purpose="verify">${token}</p:txt>`);
  expect((await run(host, guildId)).state).toBe('done');
  // Once is enough.
  put(locked);
  expect((await run(host, guildId)).state).toBe('done');
  const theirs = feedXml(locked, showItems(host.url)).replace(
    'A show that moves.',
    `We are moving: ${/stagecast-[0-9a-f]{24}/.exec(other.said!)![0]}`,
  );
  host.put('/feed.xml', theirs, 'text/xml');
  const third = await run(host, (await house.catalog.imports.byId(other.id))!.guild_id);
  expect(third.state).toBe('done');
});

test('an identity is here once: in the same server it is the same show, in another it is refused', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  const guid = '<p:guid>0f3a5fb4-9b1f-5d2e-8f3e-0a4b6c7d8e9f</p:guid>';
  await hostShow(host, guid);
  const first = await run(host, guildId);
  const elsewhere = await run(host, await newServer());
  expect(elsewhere).toMatchObject({ state: 'failed', show_id: null });
  expect(elsewhere.said).toContain('is here already, in another server');
  host.put('/mirror.xml', host.files.get('/feed.xml')!.body, 'text/xml');
  expect(await run(host, guildId, { feed: '/mirror.xml' })).toMatchObject({
    state: 'done',
    show_id: first.show_id,
  });
  const taken = await feedHost();
  await hostShow(taken);
  expect((await run(taken, guildId, { show: 'old-stage' })).said).toContain(
    'There is a show with the name "old-stage" already',
  );
  expect((await run(taken, guildId, { show: 'Ü b' })).said).toContain('cannot stand in an address');
});

test('what is dated ahead waits for its day; a long feed is followed through its archive', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  await hostShow(host);
  host.put('/4.mp3', (await sampleFiles()).mp3b, 'audio/mpeg');
  const ahead = new Date(Date.now() + 86_400_000).toUTCString();
  const [three, two, one] = showItems(host.url);
  const coming = itemXml(host.url, { guid: 'ahead', title: 'Ahead', date: ahead, file: '/4.mp3' });
  const link = (rel: string, page: string) =>
    `<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="${rel}" href="${page}"/>`;
  host.put('/feed.xml', feedXml(link('prev-archive', '/2.xml'), [coming, three!]), 'text/xml');
  host.put(
    '/2.xml',
    feedXml(link('prev-archive', '/1.xml') + link('next', '/feed.xml'), [three!, two!]),
    'text/xml',
  );
  host.put('/1.xml', feedXml('', [one!]), 'text/xml');
  const done = await run(host, guildId);
  expect(done.said).toContain('4 episodes came');
  const { catalog } = house;
  expect((await catalog.episodes.publishable(done.show_id!)).map(({ guid }) => guid)).toEqual([
    ...['http://old.example/?p=3', 'Two & 2', 'one'],
  ]);
  const [scheduled] = await catalog.episodes.listFor(guildId, { states: ['ready'] });
  expect(scheduled).toMatchObject({ guid: 'ahead', publish_at: new Date(ahead) });
});

test.each([
  ['/none.xml', 'answers with status 404'],
  ['/page', 'It is a web page and no feed'],
  ['/empty.xml', 'no episode that could be heard'],
])('%s is refused in a sentence', async (feed, expected) => {
  const [host, guildId] = [await feedHost(), await newServer()];
  host.put('/page', '<!doctype html><html></html>', 'text/html');
  host.put('/empty.xml', feedXml('', []), 'text/xml');
  const failed = await run(host, guildId, { feed });
  expect(failed.state).toBe('failed');
  expect(failed.said).toContain(expected);
});

test('a hostile feed reaches nothing of this network: neither itself, nor by its files, art, chapters and transcripts', async () => {
  const secret = await feedHost();
  for (const name of ['/a.mp3', '/a.png', '/a.json', '/a.vtt']) secret.put(name, 'secret', 'text/plain');
  const [host, guildId] = [await feedHost(), await newServer()];
  expect((await run(secret, guildId, { allow: false })).said).toContain(
    'is in a network that is not the public internet',
  );
  host.put('/ok.mp3', (await sampleFiles()).mp3b, 'audio/mpeg');
  host.put(
    '/feed.xml',
    feedXml(`<i:image href="${secret.url}/a.png"/>`, [
      itemXml(secret.url, { guid: 'a', title: 'A', date: '', file: '/a.mp3' }),
      itemXml('http://2130706433:1', { guid: 'b', title: 'B', date: '', file: '/a.mp3' }),
      itemXml('http://169.254.169.254', { guid: 'c', title: 'C', date: '', file: '/latest/meta-data' }),
      itemXml(host.url, {
        guid: 'd',
        title: 'D',
        date: '',
        file: '/ok.mp3',
        more: `<i:image href="${secret.url}/a.png"/>
      <p:chapters url="${secret.url}/a.json"/><p:transcript url="${secret.url}/a.vtt" type="text/vtt"/>`,
      }),
    ]),
    'text/xml',
  );
  const done = await run(host, guildId);
  expect(done.said).toContain('1 episode came');
  expect(done.said).toContain('3 episodes could not be taken over');
  expect(secret.asked).toEqual([]);
});

test('hostile words are words: in the feed, on pages, in addresses and in the report', async () => {
  const [host, guildId] = [await feedHost(), await newServer()];
  host.put('/1.mp3', (await sampleFiles()).mp3b, 'audio/mpeg');
  const title = ']]&gt;&lt;script&gt;alert(1)&lt;/script&gt; \u202Eevil ../../x';
  host.put(
    '/feed.xml',
    feedXml(`<p:person>${'n'.repeat(1000)}</p:person>`, [
      itemXml(host.url, { guid: '../../../etc/passwd', title, date: 'never', file: '/1.mp3' }),
    ]),
    'text/xml',
  );
  const done = await run(host, guildId);
  expect(done.state).toBe('done');
  const show = (await house.catalog.shows.byId(done.show_id!))!;
  const { feed, xml } = await publicFeed(show.slug);
  expect(feed?.items[0]).toMatchObject({ guid: '../../../etc/passwd' });
  expect(xml).not.toContain('<script');
  const keys = await house.media.list(`shows/${show.slug}/`);
  expect(keys.every((key) => !key.includes('..'))).toBe(true);
  for (const key of keys.filter((each) => each.endsWith('.html')))
    expect(await text((await house.media.read(key))!.body)).not.toContain('<script>alert');
});

import { hash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseFeed } from 'podcast-partytime';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { lackOfRoom } from '../../src/operator/export-site/copy-files.ts';
import { freePort } from '../cli/support/ports.ts';
import { feedHost, sampleFiles } from '../import/support/feed-host.ts';
import { loopback } from '../outside/loopback.ts';
import { openOperatorHouse, type OperatorHouse } from './house.ts';

let operator: OperatorHouse;
beforeAll(async () => {
  operator = await openOperatorHouse();
  await sampleFiles();
});
afterAll(() => operator.house.remove());

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-site-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As bare as a web server can be: files by their paths, index.html for folders, and no idea of anything of ours. */
const serve = (folder: string) =>
  loopback((request, response) => {
    void (async () => {
      const name = decodeURIComponent(new URL(request.url!, 'http://x').pathname);
      const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile() !== true) return response.writeHead(404).end();
      response.writeHead(200, { 'Content-Length': found.size });
      return request.method === 'HEAD' ? response.end() : createReadStream(file).pipe(response);
    })();
  });

/** Every address in a document that is ours, from where it stands. */
function linksIn(document: string, at: string, base: string): string[] {
  const found = [
    ...document
      .replaceAll('\\"', '"')
      .matchAll(/\b(?:href|src|url|uri|content)="([^"]+)"|<(?:loc|link|url)>([^<]+)</g),
  ];
  return found.flatMap(([whole, attribute, element]) => {
    const url = URL.parse((attribute ?? element ?? '').replaceAll('&amp;', '&'), at);
    // Of `content` only what is an address is one.
    const isAddress = !whole.startsWith('content=') || /^https?:/.test(attribute ?? '');
    return url !== null && isAddress && url.href.startsWith(`${base}/`)
      ? [url.href.replace(/[?#].*$/, '')]
      : [];
  });
}

test('a bare web server serves all of it: every link leads somewhere, and apps read the feeds', async () => {
  const host = await feedHost();
  const { showId, slug, guildId } = await operator.importedShow(host);
  const { catalog } = operator.house;
  const own = await operator.publishedEpisode('Made here');
  const hidden = (await catalog.episodes.bySlug(showId, 'two'))!;
  await catalog.episodes.describe(guildId, hidden.id, { visibility: 'members' });
  const moved = { newFeedUrl: 'https://elsewhere.example/feed.xml' };
  await catalog.shows.update(guildId, showId, { customDomain: 'stage.example', feed: moved });
  const folder = await emptyFolder();
  const server = await serve(folder);
  const base = server.url;
  const { code, said } = await operator.give('export-site', { folder, baseUrl: `${base}/` });
  expect(said).toContain(`“Old Stage”, 2 episodes: ${base}/shows/${slug}/feed.xml`);
  expect([code, said]).toEqual([0, said]);

  const seen = new Map<string, number>();
  const waiting = [`${base}/`, `${base}/robots.txt`, `${base}/shows.opml`, `${base}/sitemap.xml`];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    const answer = await fetch(url);
    seen.set(url, answer.status);
    const isText = /\/$|\.(html|xml|opml|txt|json|css|js|ics)$/.test(url);
    if (isText) waiting.push(...linksIn(await answer.text(), url, base));
    else await answer.body?.cancel();
  }
  expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
  for (const part of [
    '/episodes/one/',
    '/episodes/one/embed/',
    '/upcoming/',
    'upcoming.ics',
    'chapters.json',
    'oembed-answer.json',
    '/sitemap.xml',
    '.vtt',
  ])
    expect([part, [...seen.keys()].some((url) => url.endsWith(part))]).toEqual([part, true]);
  expect(seen.has(`${base}/shows/${own.show.slug}/feed.xml`)).toBe(true);

  const { mp3 } = await sampleFiles();
  const xml = await (await fetch(`${base}/shows/${slug}/feed.xml`)).text();
  const feed = parseFeed(xml)!;
  expect(xml).toContain(`<atom:link href="${base}/shows/${slug}/feed.xml" rel="self"`);
  expect(xml).not.toContain('podcasts.example.org');
  expect(xml).not.toContain('stage.example');
  expect(xml).not.toContain('elsewhere.example');
  expect(feed.items.map(({ guid }) => guid)).toEqual(['http://old.example/?p=3', 'one']);
  const one = feed.items[1]!;
  const audio = Buffer.from(await (await fetch(one.enclosure.url)).arrayBuffer());
  expect([audio.length, hash('sha256', audio)]).toEqual([one.enclosure.length, hash('sha256', mp3)]);
  const names = await readdir(folder, { recursive: true });
  expect(names.filter((name) => /\.(meta|staging|exporting)|private/.test(name))).toEqual([]);
  const [members] = hidden.renditions;
  expect(names.join()).not.toContain(members!.id);
  for (const name of ['README.txt', 'nginx.conf', '.htaccess', '_headers']) expect(names).toContain(name);
  expect(await readFile(path.join(folder, 'README.txt'), 'utf8')).toContain(feed.guid);
  // The installation itself is as it was.
  expect(await catalog.shows.byId(showId)).toMatchObject({ custom_domain: 'stage.example', feed: moved });
});

test('exported once more, it follows what has changed: what was taken down is not there any more', async () => {
  const host = await feedHost();
  const { slug, showId } = await operator.importedShow(host);
  const folder = await emptyFolder();
  const args = { folder, baseUrl: 'https://static.example/podcasts' };
  await operator.give('export-site', args);
  const one = (await operator.house.catalog.episodes.bySlug(showId, 'one'))!;
  const key = one.renditions[0]!.media_key;
  expect((await stat(path.join(folder, key))).size).toBe(one.renditions[0]!.bytes);
  await operator.give('take-down', { place: `${slug}/one` });
  expect(await operator.give('export-site', args)).toMatchObject({ code: 0 });
  const names = await readdir(folder, { recursive: true });
  expect(names.join('\n')).not.toContain(path.basename(key));
  expect(names.join('\n')).not.toContain(`${slug}/episodes/one`);
  const feed = await readFile(path.join(folder, `shows/${slug}/feed.xml`), 'utf8');
  expect(feed).toContain(`https://static.example/podcasts/shows/${slug}/feed.xml`);
});

test('cut short it leaves what an export before has made, and goes on; what is unlisted is said', async () => {
  const { showId, slug, guildId } = await operator.importedShow(await feedHost());
  const { catalog } = operator.house;
  const folder = await emptyFolder();
  const args = { folder, baseUrl: 'https://static.example' };
  const cutShort = async () => {
    const stop = new AbortController();
    const terminal = { signal: stop.signal, progress: () => stop.abort() };
    return operator.give('export-site', args, {}, terminal);
  };
  // The very first: nothing to be served yet, and no obstacle to the next.
  expect(await cutShort()).toEqual({ code: 1, said: expect.stringMatching(/^Stopped\. /) as string });
  expect((await operator.give('export-site', args)).code).toBe(0);
  const feed = path.join(folder, `shows/${slug}/feed.xml`);
  const before = await readFile(feed, 'utf8');
  const two = (await catalog.episodes.bySlug(showId, 'two'))!;
  await catalog.episodes.describe(guildId, two.id, { visibility: 'unlisted', title: 'Zwei' });
  expect((await cutShort()).code).toBe(1);
  expect(await readFile(feed, 'utf8')).toBe(before);
  expect((await readdir(folder)).filter((name) => name.startsWith('.exporting'))).toEqual([]);
  await operator.give('export-site', args);
  expect(await readFile(feed, 'utf8')).not.toBe(before);
  expect(await readFile(path.join(folder, 'README.txt'), 'utf8')).toContain('2 and 1 unlisted');
  expect(await readFile(path.join(folder, `shows/${slug}/episodes/two/index.html`), 'utf8')).toContain(
    'Zwei',
  );
});

test('two at once do not take each other for one that was killed', async () => {
  await operator.publishedEpisode('Twice');
  const args = { folder: await emptyFolder(), baseUrl: 'https://static.example' };
  const both = await Promise.all([operator.give('export-site', args), operator.give('export-site', args)]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
  expect(both.find(({ code }) => code === 2)!.said).toContain('Another export writes into');
  expect((await operator.give('export-site', args)).code).toBe(0);
  expect((await readdir(args.folder)).filter((name) => name.startsWith('.exporting'))).toEqual([]);
});

test.each([
  [0, 64 * 2 ** 20, undefined],
  [2 ** 30, 2 ** 30, 'the disk lacks 64 MiB for 1024 MiB of files that are not there yet.'],
  [1, 0, 'the disk lacks 65 MiB for 1 MiB of files that are not there yet.'],
])('%i bytes to be copied where %i are free', (needed, free, said) => {
  expect(lackOfRoom(needed, free)).toBe(said);
});

test('a folder with other files in it, and the data folder, are left alone', async () => {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, 'README.txt'), 'years of work');
  const { code, said } = await operator.give('export-site', { folder });
  expect([code, said]).toEqual([2, expect.stringContaining('holds other files')]);
  const inside = path.join(operator.house.dataFolder, 'site');
  expect((await operator.give('export-site', { folder: inside })).said).toContain('is in the data folder');
  const link = path.join(await emptyFolder(), 'link');
  await symlink(operator.house.dataFolder, link);
  expect((await operator.give('export-site', { folder: path.join(link, 'x') })).said).toContain(
    'in the data',
  );
  const below = await operator.give('export-site', { folder: path.join(folder, 'README.txt', 'site') });
  expect(below).toMatchObject({ code: 2, said: expect.stringContaining('a part of it is a file') as string });
  const query = await operator.give('export-site', { folder, baseUrl: 'https://x.example/?a=1' });
  expect(query.said).toContain('without user, query or fragment');
  expect(await readFile(path.join(folder, 'README.txt'), 'utf8')).toBe('years of work');
});

const NGINX = '/usr/sbin/nginx';
test.skipIf(!existsSync(NGINX))(
  'with its snippet nginx serves feeds, chapters, captions and audio as apps want them (needs /usr/sbin/nginx)',
  async () => {
    const { slug } = await operator.importedShow(await feedHost());
    const [folder, work, port] = [await emptyFolder(), await emptyFolder(), await freePort()];
    const base = `http://127.0.0.1:${port}`;
    expect((await operator.give('export-site', { folder, baseUrl: base })).code).toBe(0);
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (of) => `${of}_temp_path ${work}/${of};`,
    );
    await writeFile(
      path.join(work, 'main.conf'),
      `daemon off; pid ${work}/pid; error_log stderr; events { } http { access_log off; ${paths.join(' ')} include /etc/nginx/mime.types;
       server { listen 127.0.0.1:${port}; root ${folder}; include ${folder}/nginx.conf; } }`,
    );
    // Workers of a root's nginx are another user's, who must be let in.
    const user = process.getuid?.() === 0 ? ['-g', 'user root;'] : [];
    const server = spawn(NGINX, ['-c', path.join(work, 'main.conf'), '-e', 'stderr', ...user], {
      stdio: 'ignore',
    });
    onTestFinished(async () => {
      server.kill('SIGTERM');
      while (server.exitCode === null && server.signalCode === null) await sleep(20);
    });
    const feedUrl = `${base}/shows/${slug}/feed.xml`;
    await expect
      .poll(
        () =>
          fetch(feedUrl).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    const answer = await fetch(feedUrl);
    expect(answer.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const feed = parseFeed(await answer.text())!;
    const [, two, one] = feed.items;
    const typeOf = async (url: string) => (await fetch(url, { method: 'HEAD' })).headers.get('content-type');
    expect(await typeOf(one!.podcastChapters!.url)).toBe('application/json+chapters');
    expect(await typeOf(one!.podcastTranscripts![0]!.url)).toBe('text/vtt');
    expect(await typeOf(one!.podcastTranscripts![1]!.url)).toBe('application/x-subrip');
    expect(await typeOf(two!.enclosure.url)).toBe('audio/x-m4a');
    const part = await fetch(one!.enclosure.url, { headers: { Range: 'bytes=0-1' } });
    expect([part.status, part.headers.get('content-type')]).toEqual([206, 'audio/mpeg']);
    expect((await fetch(`${base}/shows/${slug}/`)).headers.get('content-type')).toMatch(/^text\/html/);
  },
);

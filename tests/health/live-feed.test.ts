import { expect, test } from 'vitest';
import { createAskLive } from '../../src/health/live-feed.ts';
import { loopback } from '../outside/loopback.ts';

const feed = `<rss><channel><podcast:guid>g</podcast:guid>${'<item/>'.repeat(20_000)}</channel></rss>`;

test('a feed tells its revision and whose it is; what is none says so', async () => {
  const server = await loopback((request, response) => {
    const page = (status: number, body = '', headers = {}) => response.writeHead(status, headers).end(body);
    if (request.url === '/feed') page(200, `${feed}<!-- revision 12 -->\n`);
    else if (request.url === '/page') page(200, '<html>Hello');
    else if (request.url === '/there') page(301, '', { Location: '/feed' });
    else if (request.url === '/broken') response.destroy();
    else page(503, 'away');
  });
  const askLive = createAskLive();
  const ask = (path: string, isMoved = false) => askLive(`${server.url}${path}`, { isMoved });
  expect(await ask('/feed')).toEqual({ is: 'feed', revision: 12, podcastGuid: 'g' });
  expect(server.asked[0]!.headers['user-agent']).toBe('Stagecast-Self-Test/1.0');
  expect(await ask('/there')).toEqual({ is: 'feed', revision: 12, podcastGuid: 'g' });
  expect(await ask('/there', true)).toEqual({ is: 'moved', to: `${server.url}/feed` });
  expect(await ask('/feed', true)).toMatchObject({ is: 'feed' });
  for (const [path, why] of [
    ['/page', /is no feed of this installation/],
    ['/none', /^answers with status 503$/],
    ['/broken', /^cannot be reached \(.+\)$/],
  ] as const)
    expect(await ask(path)).toEqual({ is: 'fault', why: expect.stringMatching(why) as string });
});

test('a feed that stays as it is comes once', async () => {
  let revision = 1;
  const server = await loopback((request, response) => {
    const etag = `"${revision}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { ETag: etag }).end(`${feed}<!-- revision ${revision} -->`);
  });
  const ask = createAskLive();
  const live = async () => ask(`${server.url}/`, { isMoved: false });
  expect(await live()).toMatchObject({ revision: 1 });
  expect(await live()).toMatchObject({ revision: 1 });
  revision = 2;
  expect(await live()).toMatchObject({ revision: 2 });
  expect(server.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  // No cache is passed by.
  expect(server.asked.map(({ headers }) => headers['cache-control'])).not.toContain('no-cache');
});

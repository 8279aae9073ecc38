import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeDownJob } from '../../src/jobs/take-down-job.ts';
import { feedHost, sampleFiles } from '../import/support/feed-host.ts';
import { loopback } from '../outside/loopback.ts';
import { mastered } from '../catalog/support/stories.ts';
import { openOperatorHouse, type OperatorHouse } from './house.ts';

let operator: OperatorHouse;
beforeAll(async () => {
  operator = await openOperatorHouse();
  await sampleFiles();
});
afterAll(() => operator.house.remove());

const feedOf = async (slug: string) =>
  text((await operator.house.media.read(`shows/${slug}/feed.xml`))!.body);

test('an episode goes from feed, pages and store at once, with what was replaced before; the steps that remain are said', async () => {
  const { house } = operator;
  const give = (args: object) => operator.give('take-down', args);
  const { media, catalog } = house;
  const kept = await operator.publishedEpisode('Kept');
  const { guild, show, episode, mediaKeys } = await operator.publishedEpisode('Wrong', kept.guild);
  // Audio of before, a transcript of before, and leftovers of a try that was killed.
  const folder = `media/${show.id}/${episode.id}/`;
  const extra = [`${folder}old.mp3`, `${folder}transcript-1.vtt`, `${folder}leftover.mp3`];
  for (const key of extra) await media.put(key, { body: Buffer.from('x') }, { contentType: 'audio/mpeg' });
  await catalog.retiredMedia.retire(episode.id, [extra[0]!], new Date(Date.now() + 1e9));
  const pages = await media.list(`shows/${show.slug}/episodes/${episode.slug}/`);
  expect(pages.length).toBeGreaterThan(1);

  const { code, said } = await give({ place: `${show.slug}/${episode.slug}` });
  expect(code).toBe(0);
  for (const key of [...mediaKeys, ...extra, ...pages])
    expect([key, await media.head(key)]).toEqual([key, undefined]);
  expect(await feedOf(show.slug)).not.toContain(episode.guid);
  expect(await feedOf(show.slug)).toContain(kept.episode.guid);
  for (const key of kept.mediaKeys) expect(await media.head(key)).toBeDefined();
  expect(await catalog.episodes.retracted(show.id)).toMatchObject([{ id: episode.id }]);
  for (const who of [
    'Apple Podcasts',
    'Spotify',
    'YouTube',
    'Podcast Index',
    'Archives',
    'Its recording is kept',
    'CDN',
  ])
    expect(said).toContain(who);
  // Once more: nothing is left to do, and nothing breaks.
  expect((await give({ place: `${show.slug}/${episode.slug}` })).code).toBe(0);

  // A host has it made anew: a job of the take-down that comes late takes none of that away.
  await catalog.episodes.remaster(guild.id, episode.id);
  const renditions = mastered().renditions.map((rendition) => ({
    ...rendition,
    mediaKey: `${folder}${rendition.id}.mp3`,
  }));
  for (const { mediaKey } of renditions)
    await media.put(mediaKey, { body: Buffer.from('new') }, { contentType: 'audio/mpeg' });
  await catalog.episodes.markReady(episode.id, mastered({ renditions }));
  const payload = { episodeId: episode.id, mediaKeys: [...mediaKeys, renditions[0]!.mediaKey] };
  await takeDownJob(house.options()).run({ id: 'late', payload, signal: new AbortController().signal });
  for (const { mediaKey } of renditions) expect(await media.head(mediaKey)).toBeDefined();
});

test('an imported one goes with its art and chapter pictures, and an import does not bring it back', async () => {
  const host = await feedHost();
  const { guildId, showId, slug } = await operator.importedShow(host);
  const { catalog, media } = operator.house;
  const one = (await catalog.episodes.bySlug(showId, 'one'))!;
  const keys = [one.cover_key!, ...one.renditions.map(({ media_key: key }) => key), one.transcript!.vtt_key!];
  const { code, said } = await operator.give('take-down', { place: `/${slug}/one/` });
  expect(code).toBe(0);
  for (const key of keys) expect(await media.head(key)).toBeUndefined();
  expect(said).toContain('The host that it was imported from');
  expect(said).not.toContain('recording is kept');
  await catalog.imports.request({ guildId, feedUrl: `${host.url}/feed.xml`, allowHosts: [host.host] });
  await operator.importedShow(host);
  expect(await catalog.episodes.byId(one.id)).toMatchObject({ state: 'failed', renditions: [] });
});

test('a cache before us is told every address, in its own way; one that does not answer is told of', async () => {
  const { show, episode, mediaKeys } = await operator.publishedEpisode('Cached');
  await operator.house.catalog.shows.update(show.guild_id, show.id, { customDomain: 'own.example' });
  const bodies: string[] = [];
  const cache = await loopback((request, response) => {
    request.on('data', (piece: Buffer) => bodies.push(piece.toString()));
    request.on('end', () => response.writeHead(request.headers['accesskey'] === 'k' ? 200 : 401).end());
  });
  const place = { place: `${show.slug}/${episode.slug}` };
  const env = { CDN_PURGE_URL: `${cache.url}/purge`, CDN_PURGE_HEADER: 'AccessKey: k' };
  expect((await operator.give('take-down', place, env)).said).toContain(
    'The cache at CDN_PURGE_URL was told.',
  );
  const { files } = JSON.parse(bodies[0]!) as { files: string[] };
  expect(files).toContain(`https://podcasts.example.org/${mediaKeys[0]!}`);
  expect(files).toContain(`https://podcasts.example.org/shows/${show.slug}/feed.xml`);
  expect(files).toContain(`https://podcasts.example.org/shows/${show.slug}/episodes/${episode.slug}/`);
  expect(files).toContain(`https://own.example/episodes/${episode.slug}/`);
  expect(files.filter((address) => address.includes('/private/'))).toEqual([]);
  const each = { ...env, CDN_PURGE_URL: `${cache.url}/purge?url={url}&path={address}` };
  await operator.give('take-down', place, each);
  expect(cache.asked.map(({ url }) => url)).toContainEqual(
    expect.stringMatching(
      /^\/purge\?url=https%3A%2F%2Fpodcasts\.example\.org%2F.*&path=podcasts\.example\.org\//,
    ),
  );
  const refused = await operator.give('take-down', place, { CDN_PURGE_URL: cache.url });
  expect(refused.code).toBe(1);
  expect(refused.said).toContain('answers with status 401; see CDN_PURGE_HEADER');
  expect(refused.said).toContain('give the same command again');
});

test.each(['', 'none', 'none/none', 'a/b/c'])('%j names no episode', async (place) => {
  const { code, said } = await operator.give('take-down', { place });
  expect(code).toBe(2);
  expect(said).toMatch(/Name the episode as <show>\/<episode>|There is no show "none"/);
});

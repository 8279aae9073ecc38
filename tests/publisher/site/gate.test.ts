/** What is looked at before a feed goes out, by way of publishing. */
import { parseFeed } from 'podcast-partytime';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { FeedRefusedError } from '../../../publisher/site/gate.ts';
import { publishShow } from '../../../publisher/site/publish-show.ts';
import { createPublishingMemory } from '../../../publisher/site/publishing-memory.ts';
import { NoAnswerError, type Promised, WrongAnswerError } from '../../../publisher/site/self-test.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from '../shelf.ts';

const asked = new Date('2026-11-20T10:00:00Z');

/** One episode that is out, and one that is on its way. */
async function setUp() {
  const media = createFolderStore(await temporaryFolder());
  const coming = await storedEpisode(media, 2, {
    ...{ state: 'publishing', publishing_at: asked, published_at: asked },
  });
  const out = await storedEpisode(media, 1);
  const rows: Rows = {
    guilds: [guild],
    shows: [structuredClone(show)],
    episodes: [coming, out],
    sessions: [],
  };
  const tested: Promised[] = [];
  const memory = createPublishingMemory();
  const publish = (selfTest?: (promised: Promised) => Promise<void>) =>
    publishShow(
      {
        ...{ catalog: catalogOf(rows), media, baseUrl: BASE_URL, memory },
        selfTest: async (promised) => {
          tested.push(promised);
          await selfTest?.(promised);
        },
      },
      show.id,
    );
  const guids = async () => {
    const found = await media.read('shows/wednesday-stage/feed.xml');
    return found && parseFeed(await text(found.body))?.items.map(({ guid }) => guid);
  };
  return { media, rows, publish, guids, tested, coming, out };
}

test('a new file is tried by its public address, and what is out already is not', async () => {
  const { publish, guids, tested, coming, out } = await setUp();
  await publish();
  const [mp3] = coming.renditions;
  expect(tested).toEqual([
    { url: `${BASE_URL}/${mp3!.media_key}`, bytes: mp3!.bytes, mimeType: 'audio/mpeg' },
  ]);
  expect(await guids()).toEqual([coming.guid, out.guid]);
});

test('one that answers wrongly waits, with the reason; the rest goes out, and no page names it', async () => {
  const { media, publish, guids, coming, out } = await setUp();
  const { leftOut, episodes } = await publish(() =>
    Promise.reject(new WrongAnswerError('apps would ask for it, and its length is 3, not 1200 bytes')),
  );
  expect(await guids()).toEqual([out.guid]);
  expect(episodes.map(({ episodeId }) => episodeId)).toEqual([out.id]);
  expect(leftOut).toMatchObject([{ episodeId: coming.id, mayPass: false }]);
  expect(leftOut[0]!.message).toContain('its length is 3, not 1200 bytes. Type /episode remaster');
  expect(await media.list(`shows/wednesday-stage/episodes/${coming.slug}/`)).toEqual([]);
});

test('one that was out before stays, whatever its new file answers, and the fault is told', async () => {
  const { rows, publish, guids, coming, out } = await setUp();
  rows.episodes[0] = { ...coming, published_at: new Date('2026-01-01T00:00:00Z') };
  const { leftOut, faulty } = await publish(() => Promise.reject(new WrongAnswerError('its type is wrong')));
  expect(await guids()).toEqual([coming.guid, out.guid]);
  expect([leftOut, faulty]).toMatchObject([[], [{ episodeId: coming.id, why: 'its type is wrong' }]]);
});

test('while nothing answers a new episode waits, and one that was out before stays', async () => {
  const { rows, publish, guids, coming, out } = await setUp();
  const nothing = () => Promise.reject(new NoAnswerError('it does not answer'));
  expect((await publish(nothing)).leftOut).toMatchObject([{ episodeId: coming.id, mayPass: true }]);
  expect(await guids()).toEqual([out.guid]);
  rows.episodes[0] = { ...coming, published_at: new Date('2026-01-01T00:00:00Z') };
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
  expect((await publish(nothing)).leftOut).toEqual([]);
  expect(await guids()).toEqual([coming.guid, out.guid]);
});

test('a show that directories would refuse gets no feed; the remedy is said', async () => {
  const { rows, publish, guids } = await setUp();
  rows.shows[0] = { ...rows.shows[0]!, category: 'Webinars', published_at: null };
  const refused = publish();
  await expect(refused).rejects.toThrow(FeedRefusedError);
  await expect(refused).rejects.toThrow(/^The feed was not written\. .*Webinars.*\.$/s);
  expect(await guids()).toBeUndefined();
});

test('one that is out goes on following the catalog: nothing new comes, and what is taken back goes', async () => {
  const { media, rows, publish, guids, coming, out } = await setUp();
  const other = await storedEpisode(media, 3);
  rows.episodes = [other, out];
  await publish();
  expect(await guids()).toEqual([other.guid, out.guid]);
  rows.episodes = [coming, { ...other, withdrawn_at: asked }, out];
  rows.shows[0] = { ...rows.shows[0]!, category: 'Webinars', feed_revision: 4 };
  const { leftOut, warnings } = await publish();
  expect(await guids()).toEqual([out.guid]);
  expect(leftOut).toMatchObject([{ episodeId: coming.id }]);
  expect(leftOut[0]!.message).toContain('Webinars');
  expect(warnings.map(({ where }) => where.kind)).toContain('show');
});

test('an item that would be refused waits if it is new, and stays if it is out; a memory looks at each once', async () => {
  const { rows, publish, guids, coming, out } = await setUp();
  // The same file twice: Apple ignores the second.
  rows.episodes[0] = { ...coming, renditions: out.renditions };
  const { leftOut } = await publish();
  expect(leftOut).toMatchObject([{ episodeId: coming.id }]);
  expect(leftOut[0]!.message).toMatch(/An older episode has the same file.* Then publish it again\.$/s);
  expect(await guids()).toEqual([out.guid]);
  rows.episodes[0] = { ...rows.episodes[0], state: 'published' };
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
  expect((await publish()).leftOut).toEqual([]);
  expect(await guids()).toEqual([coming.guid, out.guid]);
});

test('what comes from another host goes out as it was there, and what is wrong with it is said', async () => {
  const { rows, publish, guids, coming, out } = await setUp();
  rows.shows[0] = { ...rows.shows[0]!, category: 'Webinars' };
  rows.episodes[0] = { ...coming, session_id: null, renditions: out.renditions };
  const { leftOut, warnings } = await publish();
  expect(leftOut).toEqual([]);
  expect(await guids()).toEqual([coming.guid, out.guid]);
  expect(warnings.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['show-category', 'duplicate-enclosure']),
  );
});

test('what only some would show less of is said, and goes out', async () => {
  const { rows, publish, guids, coming, out } = await setUp();
  rows.shows[0] = { ...rows.shows[0]!, feed: { op3: true } };
  const { warnings } = await publish();
  expect(warnings.every(({ severity }) => severity === 'warns')).toBe(true);
  expect(await guids()).toEqual([coming.guid, out.guid]);
});

test('through op3 an app asks op3; the file itself is tried where it lies', async () => {
  const { media, rows, publish, tested } = await setUp();
  rows.shows[0] = { ...rows.shows[0]!, feed: { op3: true } };
  await publish();
  expect(tested[0]!.url.startsWith(`${BASE_URL}/media/`)).toBe(true);
  const xml = await text((await media.read('shows/wednesday-stage/feed.xml'))!.body);
  expect(xml).toContain(
    `<enclosure url="https://op3.dev/e,pg=${show.podcast_guid}/${BASE_URL.slice(8)}/media/`,
  );
});

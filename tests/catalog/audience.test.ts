import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, ListenerRequests } from '../../src/catalog/index.ts';
import { mastered, recordedEpisode } from './support/stories.ts';
import { onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

const DAY = '2026-11-22';
const ENOUGH = 1_000;

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  /** An episode with two files, of which 1,000 bytes after the first 100 are a minute. */
  async function episodeOnAir() {
    const { show, episode } = await recordedEpisode(catalog);
    const { renditions } = await catalog.episodes.markReady(episode.id, mastered());
    const keys = renditions.map(({ media_key: key }) => key);
    for (const key of keys)
      await catalog.audience.rememberMedia({
        ...{ media_key: key, episode_id: episode.id, from_byte: 100, enough_bytes: ENOUGH },
      });
    const told = (fields: Partial<ListenerRequests> = {}): ListenerRequests => ({
      ...{ day: DAY, episodeId: episode.id, mediaKey: keys[0]!, listener: 'ann', requests: 1, sent: [] },
      ...{ app: 'Overcast', device: 'mobile', country: undefined, delivery: 'stream' as const },
      ...fields,
    });
    const record = (...listeners: ListenerRequests[]) =>
      catalog.audience.record({ listeners, filtered: [] }, DAY);
    const figures = () => catalog.audience.ofShow(show.id, { from: DAY, to: DAY, episodeId: episode.id });
    return { show, episode, keys, told, record, figures };
  }

  describe('a download', () => {
    test.each<[string, [number, number][][], number]>([
      ['bytes before the audio are none of it', [[[0, 1_099]]], 0],
      ['a minute after the header', [[[0, 1_100]]], 1],
      ['ranges are joined, in any order', [[[600, 1_100]], [[0, 600]]], 1],
      ['the same range twice is had once', [[[0, 600]], [[0, 600]]], 0],
      [
        'what lies apart adds up',
        [
          [
            [100, 600],
            [5_000, 5_500],
          ],
        ],
        1,
      ],
      ['more of it afterwards is the same download', [[[0, 1_100]], [[1_100, 9_000]], [[0, 9_000]]], 1],
    ])('%s', async (_, batches, downloads) => {
      const { told, record, figures } = await episodeOnAir();
      for (const sent of batches) await record(told({ sent }));
      const found = await figures();
      expect(found.downloads).toBe(downloads);
      const filtered = found.filtered.reduce((sum, { amount }) => sum + amount, 0);
      expect(downloads + filtered).toBe(batches.length);
    });

    test('is one a listener, whatever files it comes from, and its parts are not joined across files', async () => {
      const { told, record, figures, keys } = await episodeOnAir();
      await record(
        told({ sent: [[0, 600]] }),
        told({ sent: [[600, 1_100]], mediaKey: keys[1]! }),
        told({ sent: [[0, 1_100]], listener: 'bob' }),
      );
      expect((await figures()).downloads).toBe(1);
      await record(told({ sent: [[0, 1_100]] }), told({ sent: [[0, 1_100]], mediaKey: keys[1]! }));
      expect((await figures()).downloads).toBe(2);
    });

    test('is one a day', async () => {
      const { show, told, record } = await episodeOnAir();
      const next = '2026-11-23';
      await record(told({ sent: [[0, 1_100]] }), told({ sent: [[0, 1_100]], day: next }));
      const found = await catalog.audience.ofShow(show.id, { from: DAY, to: next });
      expect(found.days).toEqual([
        { day: DAY, downloads: 1 },
        { day: next, downloads: 1 },
      ]);
    });

    test('is found once by two servers that each saw a part, or all of it at once', async () => {
      const { told, record, figures } = await episodeOnAir();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => record(told({ sent: [[index * 60, index * 60 + 60]] }))),
      );
      await Promise.all([1, 2, 3, 4].map(() => record(told({ sent: [[0, 1_100]], listener: 'bob' }))));
      const found = await figures();
      expect(found.downloads).toBe(2);
      expect(found.filtered).toEqual([{ value: 'joined', amount: 22 }]);
    });

    test('no listener may fill the catalog with pieces', async () => {
      const { told, record, figures } = await episodeOnAir();
      await record(told({ requests: 5_001, sent: [[100, 101]] }));
      await record(told({ sent: [[0, 9_000]] }));
      expect(await figures()).toMatchObject({
        downloads: 0,
        filtered: [{ value: 'partial', amount: 5_002 }],
      });
    });
  });

  test('figures are told by app, device, country and delivery, and add up', async () => {
    const { show, episode, told, figures } = await episodeOnAir();
    const sent: [number, number][] = [[0, 1_100]];
    await catalog.audience.record(
      {
        listeners: [
          told({ sent, country: 'BE' }),
          told({ sent, listener: 'bob', requests: 3, app: 'Apple Podcasts', delivery: 'redirect' }),
          told({ sent: [[0, 10]], listener: 'eve', app: 'Castro' }),
        ],
        filtered: [{ day: DAY, episodeId: episode.id, reason: 'bot', requests: 7 }],
      },
      DAY,
    );
    expect(await figures()).toEqual({
      downloads: 2,
      downloadsEver: 2,
      days: [{ day: DAY, downloads: 2 }],
      episodes: [{ episodeId: episode.id, downloads: 2 }],
      apps: [
        { value: 'Apple Podcasts', amount: 1 },
        { value: 'Overcast', amount: 1 },
      ],
      devices: [{ value: 'mobile', amount: 2 }],
      countries: [{ value: 'BE', amount: 1 }],
      deliveries: [
        { value: 'redirect', amount: 1 },
        { value: 'stream', amount: 1 },
      ],
      filtered: [
        { value: 'bot', amount: 7 },
        { value: 'joined', amount: 2 },
        { value: 'partial', amount: 1 },
      ],
    });
    expect((await catalog.audience.ofShow(show.id, { from: '2026-11-23', to: '2026-12-01' })).downloads).toBe(
      0,
    );
    expect((await catalog.audience.ofShow(randomUUID(), { from: DAY, to: DAY })).downloadsEver).toBe(0);
    expect((await catalog.audience.ofShow('no id', { from: DAY, to: DAY })).downloadsEver).toBe(0);
  });

  test('a closed day keeps figures and nothing else, and takes in no more', async () => {
    const { told, record, figures } = await episodeOnAir();
    await record(told({ sent: [[0, 1_100]] }), told({ listener: 'eve', requests: 2, sent: [[0, 10]] }));
    const next = '2026-11-23';
    await Promise.all([1, 2].map(() => catalog.audience.close({ saltsSince: next, openSince: next })));
    await catalog.audience.record(
      { listeners: [told({ listener: 'eve', sent: [[0, 1_100]] })], filtered: [] },
      next,
    );
    expect(await figures()).toMatchObject({ downloads: 1, filtered: [{ value: 'partial', amount: 3 }] });
  });

  test('a salt is the same for all until its day is over, and then can never be had again', async () => {
    const [first, second] = await Promise.all([catalog.audience.saltOf(DAY), catalog.audience.saltOf(DAY)]);
    expect(first).toEqual(second);
    expect(first).toHaveLength(32);
    expect(await catalog.audience.saltOf('2026-11-23')).not.toEqual(first);
    await catalog.audience.close({ saltsSince: '2026-11-23', openSince: DAY });
    expect(await catalog.audience.saltOf(DAY)).not.toEqual(first);
  });

  test('a file is known by its rendition, and after newer audio has replaced it', async () => {
    const { episode, keys } = await episodeOnAir();
    expect(await catalog.audience.fileOf(keys[0]!)).toEqual({ episodeId: episode.id, durationUs: 3.6e9 });
    await catalog.retiredMedia.retire(episode.id, ['media/x/old.mp3'], new Date('2027-01-01'));
    expect(await catalog.audience.fileOf('media/x/old.mp3')).toMatchObject({ episodeId: episode.id });
    expect(await catalog.audience.fileOf('media/x/none.mp3')).toBeUndefined();
    expect(await catalog.audience.media(keys[0]!)).toMatchObject({ from_byte: 100, enough_bytes: ENOUGH });
  });

  test('details go after a while, how many stays', async () => {
    const { told, record, figures } = await episodeOnAir();
    await record(told({ sent: [[0, 1_100]], country: 'BE' }));
    await catalog.audience.thinOut('2026-11-23');
    expect(await figures()).toMatchObject({
      ...{ downloads: 1, apps: [], devices: [], countries: [], deliveries: [] },
      days: [{ day: DAY, downloads: 1 }],
    });
  });
});

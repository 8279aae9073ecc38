/** How soon a feed stands after an edit in a long show: by way of the real catalog, the real store and what a process remembers. */
import { setImmediate } from 'node:timers/promises';
import type { MediaStore } from '../../publisher/media/store.ts';
import { publishShow } from '../../publisher/site/publish-show.ts';
import { createPublishingMemory } from '../../publisher/site/publishing-memory.ts';
import { BASE_URL, openLongShow, promisedFile } from './long-show.ts';

export interface EditTimes {
  /** From the commit of the edit: the document stands, and the encodings do. */
  identityMs: number[];
  encodedMs: number[];
  /** Until the lists stand too, and the process is free for the next edit. */
  wholeMs: number[];
  /** Of the process, up to the document. */
  cpuMs: number[];
  firstMs: number;
  feedBytes: number;
}

/** For the first publication: an edit of one episode has nothing to do with the files and pages of the others, so they are not written. */
const withoutPages = (media: MediaStore): MediaStore => ({
  ...media,
  head(key) {
    if (isPage(key)) return Promise.resolve(undefined);
    return key.startsWith('media/') ? Promise.resolve(promisedFile(key)) : media.head(key);
  },
  list: (prefix) => (isPage(prefix) ? Promise.resolve([]) : media.list(prefix)),
  put: (key, source, options) =>
    isPage(key)
      ? Promise.resolve({
          ...{ key, bytes: 0, contentType: options.contentType, cacheControl: options.cacheControl },
          ...{ etag: '""', sha256: '', lastModified: new Date(), metadata: {} },
        })
      : media.put(key, source, options),
});
const isPage = (key: string) => key.includes('/episodes/');

export async function timeEdits(folder: string, { episodes, edits }: { episodes: number; edits: number }) {
  const show = await openLongShow(folder, episodes);
  const { catalog, media, guildId, showId } = show;
  try {
    const memory = createPublishingMemory();
    const common = { catalog, baseUrl: BASE_URL, memory };
    const startedMs = performance.now();
    await publishShow({ ...common, media: withoutPages(media) }, showId);
    const times: EditTimes = {
      ...{ identityMs: [], encodedMs: [], wholeMs: [], cpuMs: [] },
      ...{ firstMs: performance.now() - startedMs, feedBytes: 0 },
    };
    const all = await catalog.episodes.publishable(showId);
    for (let edit = 0; edit < edits; edit += 1) {
      const { id } = all[(edit * 617) % all.length]!;
      await catalog.episodes.describe(guildId, id, { title: `Edited for the ${edit + 1}th time` });
      await setImmediate();
      await one(edit);
    }
    return times;

    async function one(edit: number): Promise<void> {
      const cpu = process.cpuUsage();
      const t0 = performance.now();
      let [identity, encoded, used] = [NaN, NaN, NaN];
      const watched: MediaStore = {
        ...media,
        async put(key, ...rest) {
          const put = await media.put(key, ...rest);
          if (/feed\.xml\.(br|gz)$/.test(key)) encoded = performance.now() - t0;
          return put;
        },
      };
      const { feedUrl } = await publishShow(
        {
          ...{ ...common, media: watched },
          onFeed(_key, changed) {
            if (changed) {
              identity = performance.now() - t0;
              const { user, system } = process.cpuUsage(cpu);
              used = (user + system) / 1000;
            }
            return Promise.resolve();
          },
        },
        showId,
      );
      times.wholeMs.push(performance.now() - t0);
      times.identityMs.push(identity);
      times.encodedMs.push(encoded);
      times.cpuMs.push(used);
      await holds(feedUrl.slice(BASE_URL.length + 1), edit);
    }

    /** The document is the newest, names the edit, and each encoding is of it. */
    async function holds(key: string, edit: number): Promise<void> {
      const revision = String((await catalog.shows.byId(showId))?.feed_revision);
      const document = (await media.head(key))!;
      const encodings = await Promise.all(['.br', '.gz'].map((ending) => media.head(`${key}${ending}`)));
      const right =
        document.metadata['revision'] === revision &&
        encodings.every(
          (encoding) =>
            encoding?.metadata['of'] === document.sha256 && encoding.metadata['revision'] === revision,
        );
      if (!right) throw new Error(`After edit ${edit + 1} the feed is not whole`);
      times.feedBytes = document.bytes;
    }
  } finally {
    await show.close();
  }
}

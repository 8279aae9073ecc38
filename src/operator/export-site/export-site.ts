/**
 * Everything that is published, as a folder that any web server serves: rendered anew for the address it will have, with the very
 * files beside it. Pages and feeds are made beside what an export before has left, and take its place when all of them are
 * there, so that an export that ends half-way leaves what can be served.
 */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, FolderInUseError } from '../../../recorder/folder-lock.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { type MediaStore, PRIVATE_PREFIX } from '../../../publisher/media/store.ts';
import { addressOf, feedKey } from '../../../publisher/site/addresses.ts';
import { loadAssets } from '../../../publisher/site/assets.ts';
import { smallCoverKey } from '../../../publisher/site/cover.ts';
import { FeedRefusedError } from '../../../publisher/site/gate.ts';
import { publishShow } from '../../../publisher/site/publish-show.ts';
import { transcriptFilesOf } from '../../../publisher/site/transcript.ts';
import type { Catalog, PublishableEpisode, Show } from '../../catalog/index.ts';
import { OperatorError } from '../operator.ts';
import { copyFiles, moveInto, sweep } from './copy-files.ts';
import { putMadePages, rootFiles } from './made-pages.ts';
import { type ExportedShow, staticFiles } from './static-files.ts';

export interface ExportSiteOptions {
  catalog: Catalog;
  media: MediaStore;
  /** Made when missing; what is in it already and of use is not copied again. */
  folder: string;
  /** Where the folder will be served, without a trailing slash. */
  baseUrl: string;
  signal: AbortSignal;
  /** 0 to 100. */
  onProgress?: (percent: number) => void;
}

export interface ExportedSite {
  shows: ExportedShow[];
  /** What could not be exported, and why. */
  leftOut: string[];
}

/** Whose folder it is: what stands in one without it is somebody else's. Written first, so that what was cut short goes on. */
export const MARKER = '.stagecast-export';
const WORK = '.exporting-';

/** Throws OperatorError where room is lacking, and what the signal was aborted with. */
export async function exportSite(options: ExportSiteOptions): Promise<ExportedSite> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, MARKER),
    'Written by stagecast export-site, which may replace what is here.\n',
  );
  const release = alone(folder);
  try {
    return await exportAlone(options);
  } finally {
    release();
  }
}

/** Two at once would take each other's work for that of one that was killed. Throws OperatorError. */
function alone(folder: string): () => void {
  try {
    return acquireLock(path.join(folder, `${WORK}lock`), { command: 'stagecast export-site' });
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    throw new OperatorError(`Another export writes into ${folder} since ${error.holder.since}. Wait for it.`);
  }
}

async function exportAlone(options: ExportSiteOptions): Promise<ExportedSite> {
  const { catalog, folder } = options;
  // Of an export that was killed.
  for (const name of await readdir(folder))
    if (name.startsWith(WORK) && !name.startsWith(`${WORK}lock`))
      await rm(path.join(folder, name), { recursive: true, force: true });
  const work = await mkdtemp(path.join(folder, WORK));
  try {
    // One look at the catalog for files and pages: they must fit, whatever is published meanwhile.
    const published = await Promise.all(
      (await catalog.shows.listPublished()).map(async (show) => ({
        show: atHome(show),
        episodes: (await catalog.episodes.publishable(show.id)).filter(isOpen),
      })),
    );
    return await exportInto(options, work, published);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Published {
  show: Show;
  episodes: PublishableEpisode[];
}

async function exportInto(
  options: ExportSiteOptions,
  work: string,
  published: readonly Published[],
): Promise<ExportedSite> {
  const { catalog, media, folder, baseUrl, signal } = options;
  const copied = await copyFiles(published.flatMap(filesOf), { ...options, scratch: work });
  const pages = path.join(work, 'pages');
  const target = besideFiles(createFolderStore(pages), media, copied);
  const made = { catalog, target, baseUrl, assets: await loadAssets() };
  const exported: (Published & ExportedShow)[] = [];
  const leftOut: string[] = [];
  for (const { show, episodes } of published) {
    signal.throwIfAborted();
    try {
      const asked = { catalog: asExported(catalog, show, episodes), media: target, baseUrl };
      const feed = await publishShow(asked, show.id);
      leftOut.push(...feed.leftOut.map(({ message }) => message));
      await putMadePages(made, show, episodes);
      const out = new Set(feed.episodes.map(({ episodeId }) => episodeId));
      const count = (as: PublishableEpisode['visibility']) =>
        episodes.filter(({ id, visibility }) => visibility === as && out.has(id)).length;
      exported.push({
        ...{ show, episodes, unlisted: count('unlisted'), inFeed: count('public') },
        ...{ title: show.title, podcastGuid: show.podcast_guid },
        feedUrl: addressOf(baseUrl, feedKey(show.slug)),
      });
    } catch (error) {
      if (!(error instanceof FeedRefusedError)) throw error;
      leftOut.push(`“${show.title}”: ${error.message}`);
    }
  }
  const shows = exported.map(({ show }) => show);
  const root = {
    ...(await rootFiles(made, shows)),
    ...staticFiles({ baseUrl, shows: exported, leftOut }),
  };
  signal.throwIfAborted();
  await putInPlace(folder, work, root, copied);
  return { shows: exported, leftOut };
}

/** As it stands on a host of its own: nothing there tells hubs, knows members, or moves on. */
const atHome = (show: Show): Show => ({
  ...show,
  ...{ custom_domain: null, members_role_id: null },
  feed: { ...show.feed, newFeedUrl: undefined, hubUrls: [], usesPodping: false },
});

const isOpen = ({ visibility }: PublishableEpisode) => visibility !== 'members';

/** All that feeds and pages lead to and that is not rendered. What is for members lies where nobody looks. */
function filesOf({ show: { cover_key: cover }, episodes }: Published): string[] {
  return [
    ...(cover === null ? [] : [cover, smallCoverKey(cover)]),
    ...episodes.flatMap((episode) => [
      ...episode.renditions.map(({ media_key: key }) => key),
      ...transcriptFilesOf(episode).map(({ key }) => key),
      ...(episode.cover_key === null ? [] : [episode.cover_key]),
      ...episode.chapters.flatMap(({ imageKey }) => imageKey ?? []),
    ]),
  ].filter((key) => !key.startsWith(PRIVATE_PREFIX));
}

/** The show as it will be there; nothing in the catalog changes by it. */
const asExported = (catalog: Catalog, show: Show, episodes: PublishableEpisode[]) => ({
  guilds: catalog.guilds,
  episodes: { publishable: () => Promise.resolve(episodes), retracted: () => Promise.resolve([]) },
  webinars: { liveItemsOf: () => Promise.resolve([]) },
  shows: {
    byId: () => Promise.resolve(show),
    markFeedPublished: () => Promise.resolve(),
    liftRevision: () => Promise.resolve(),
  },
});

/** Pages go into the one store; of files that were copied, what the other knows of them holds, and of no others. */
const besideFiles = (pages: MediaStore, media: MediaStore, copied: ReadonlySet<string>): MediaStore => ({
  ...pages,
  head: (key) => (copied.has(key) ? media.head(key) : pages.head(key)),
  read: (key, range) => (copied.has(key) ? media.read(key, range) : pages.read(key, range)),
});

/** What pages refer to first, then the pages, then what leads to them; last goes what nothing refers to any more. */
async function putInPlace(
  folder: string,
  work: string,
  root: Record<string, string>,
  copied: ReadonlySet<string>,
): Promise<void> {
  const pages = path.join(work, 'pages');
  const keys = (await createFolderStore(pages).list('')).filter((key) => !key.startsWith('shows/'));
  for (const key of keys) await moveInto(path.join(pages, key), path.join(folder, key));
  const [made, shows] = [path.join(pages, 'shows'), path.join(folder, 'shows')];
  await mkdir(made, { recursive: true });
  await rename(shows, path.join(work, 'shows-before')).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  await rename(made, shows);
  for (const [name, content] of Object.entries(root)) {
    const written = path.join(work, 'root-file');
    await writeFile(written, content, { flush: true });
    await rename(written, path.join(folder, name));
  }
  await sweep(folder, ['media', 'art', 'assets'], new Set([...copied, ...keys]));
}

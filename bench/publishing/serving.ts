/** Feeds against a bare handler, and audio against nginx. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderDocuments } from '../../publisher/feed/document.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { putEncodings, putFeed } from '../../publisher/site/feed-objects.ts';
import { sampleFeed } from './sample-feed.ts';
import { startNginx, startServer } from './server.ts';
import { stall, type StalledFigures } from './stalled.ts';
import { inPairs, type Load, type Pair, type ServerRate, wrk, wrkOn } from './wrk.ts';

const FEED_KEY = 'shows/wednesday-stage/feed.xml';
const AUDIO_KEY = 'media/show/episode/audio.mp3';
export const AUDIO_BYTES = 100 * 1024 * 1024;
const RANGE_BYTES = 1024 * 1024;

export interface ServingOptions {
  folder: string;
  rounds: number;
  seconds: number;
}

export interface FeedRates {
  bytes: number;
  whole: Pair<ServerRate>[];
  unchanged: Pair<ServerRate>[];
}

/** The feed of a show as most have it, compressed, as every app asks for it. */
export async function timeFeeds({ folder, rounds, seconds }: ServingOptions): Promise<FeedRates> {
  const media = createFolderStore(path.join(folder, 'media'));
  const { main: xml } = renderDocuments(sampleFeed(300), { archiveUrl: String });
  await putFeed(media, { key: FEED_KEY, xml, revision: 1 });
  await putEncodings(media, { key: FEED_KEY, xml, revision: 1 });
  const ours = await startServer({ kind: 'ours', folder });
  try {
    const headers = { 'Accept-Encoding': 'gzip' };
    const url = `${ours.url}/${FEED_KEY}`;
    const whole = await askFor(url, headers);
    const unchanged = await askFor(url, { ...headers, 'If-None-Match': whole.headers['etag']! });
    if (unchanged.status !== 304 || whole.headers['content-encoding'] !== 'gzip')
      throw new Error('The feed is not served as it should be');
    const bodyFile = path.join(folder, 'feed.gz');
    await writeFile(bodyFile, whole.body);
    const bare = await startServer({
      ...{ kind: 'bare', bodyFile, whole: whole.headers, unchanged: unchanged.headers },
    });
    try {
      const bareUrl = `${bare.url}/${FEED_KEY}`;
      await sameAnswers(url, bareUrl, [headers, { ...headers, 'If-None-Match': whole.headers['etag']! }]);
      const pairs = (more: Record<string, string>) => {
        const load = { seconds, connections: 8, headers: { ...headers, ...more } };
        return inPairs(
          rounds,
          () => wrkOn(ours, { ...load, url }),
          () => wrkOn(bare, { ...load, url: bareUrl }),
        );
      };
      return {
        bytes: whole.body.length,
        whole: await pairs({}),
        unchanged: await pairs({ 'If-None-Match': whole.headers['etag']! }),
      };
    } finally {
      await bare.stop();
    }
  } finally {
    await ours.stop();
  }
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** As it stands on the wire: `fetch` would decode it. */
async function askFor(url: string, headers: Record<string, string>): Promise<Answer> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const own = Object.entries(response.headers as Record<string, string>).filter(
          ([name]) => !['date', 'connection', 'keep-alive', 'transfer-encoding'].includes(name),
        );
        resolve({
          ...{ status: response.statusCode ?? 0, headers: Object.fromEntries(own) },
          body: Buffer.concat(chunks),
        });
      });
    }).on('error', reject);
  });
}

async function sameAnswers(
  ours: string,
  bare: string,
  asked: readonly Record<string, string>[],
): Promise<void> {
  for (const headers of asked) {
    const [one, other] = await Promise.all([askFor(ours, headers), askFor(bare, headers)]);
    const named = ({ status, headers: said, body }: Answer) =>
      JSON.stringify([status, Object.entries(said).toSorted(), body.toString('latin1')]);
    if (named(one) !== named(other)) throw new Error('The bare handler answers something else');
  }
}

export interface AudioRates {
  whole: Pair[];
  ranges: Pair[];
}

export async function timeAudio({ folder, rounds, seconds }: ServingOptions): Promise<AudioRates> {
  const root = path.join(folder, 'media');
  await mkdir(path.dirname(path.join(root, AUDIO_KEY)), { recursive: true });
  await createFolderStore(root).put(
    AUDIO_KEY,
    { body: Buffer.alloc(AUDIO_BYTES, 'sound') },
    { contentType: 'audio/mpeg', cacheControl: 'public, max-age=31536000, immutable' },
  );
  const script = path.join(folder, 'ranges.lua');
  await writeFile(
    script,
    `request = function()
  local first = math.random(0, ${AUDIO_BYTES - RANGE_BYTES})
  wrk.headers["Range"] = "bytes=" .. first .. "-" .. (first + ${RANGE_BYTES - 1})
  return wrk.format()
end\n`,
  );
  const nginx = await startNginx(root, folder);
  const ours = await startServer({ kind: 'ours', folder });
  try {
    const pairs = (load: Omit<Load, 'url' | 'seconds' | 'connections'>) => {
      const of = ({ url }: { url: string }) =>
        wrk({ ...load, seconds, connections: 4, url: `${url}/${AUDIO_KEY}` });
      return inPairs(
        rounds,
        () => of(ours),
        () => of(nginx),
      );
    };
    const agent = { 'User-Agent': 'AntennaPod/3.4.0' };
    const whole = await pairs({ headers: { ...agent, Range: 'bytes=0-' } });
    const ranges = await pairs({ headers: agent, script });
    return { whole, ranges };
  } finally {
    await ours.stop();
    await nginx.stop();
  }
}

/** After `timeAudio`, on a server of its own. */
export async function holdStalled(folder: string, clients: number): Promise<StalledFigures> {
  const ours = await startServer({ kind: 'ours', folder });
  try {
    return await stall(ours, AUDIO_KEY, { clients, middle: AUDIO_BYTES / 2 });
  } finally {
    await ours.stop();
  }
}

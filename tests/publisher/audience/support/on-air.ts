/** A web server with a real catalog and store, an episode of ten minutes on air, and a clock of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createPublisherApp } from '../../../../publisher/app.ts';
import { trustedProxies } from '../../../../publisher/audience/client-address.ts';
import { type CounterOptions, createAudienceCounter } from '../../../../publisher/audience/counter.ts';
import type { MediaDelivery } from '../../../../publisher/audience/delivery.ts';
import { SEED_LISTS } from '../../../../publisher/audience/seed-lists.ts';
import { createFolderStore } from '../../../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../../../publisher/media/store.ts';
import type { Catalog } from '../../../../src/catalog/index.ts';
import { mastered, recordedEpisode } from '../../../catalog/support/stories.ts';
import { testBaseUrl } from '../../../catalog/support/test-catalog.ts';
import { temporaryFolder } from '../../shelf.ts';

/** 128 kbit/s behind a tag of 50,000 bytes. */
export const TAG_BYTES = 50_000;
export const MINUTE_BYTES = 960_000;
export const FILE_BYTES = TAG_BYTES + 10 * MINUTE_BYTES;
const signingKey = Buffer.alloc(32, 7);

function mp3(): Buffer {
  const body = randomBytes(FILE_BYTES);
  const size = TAG_BYTES - 10;
  body.set([...Buffer.from('ID3'), 4, 0, 0, ...[21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f)]);
  return body;
}

/** One line of a log. */
export interface Line {
  at: string;
  /** Of the socket. */
  from?: string;
  agent?: string;
  method?: string;
  range?: string;
  file?: 'mp3' | 'm4a';
  headers?: Record<string, string>;
  /** The client goes away after so many bytes; it takes all of it otherwise. */
  takes?: number;
}

export async function onAir(
  catalog: Catalog,
  {
    delivery = 'stream',
    storeOf = (store) => store,
    ...fields
  }: Partial<CounterOptions> & {
    delivery?: MediaDelivery;
    storeOf?: (store: MediaStore) => MediaStore;
  } = {},
) {
  const media = storeOf(createFolderStore(await temporaryFolder()));
  const { show, episode } = await recordedEpisode(catalog);
  const renditions = await Promise.all(
    (['mp3', 'm4a'] as const).map(async (kind) => {
      const body = mp3();
      const id = crypto.randomUUID();
      const mediaKey = `media/${show.id}/${episode.id}/${id}.${kind}`;
      await media.put(mediaKey, { body }, { contentType: 'audio/mpeg' });
      const sha256 = createHash('sha256').update(body).digest('hex');
      const file = { id, kind, mediaKey, bytes: FILE_BYTES, mimeType: 'audio/mpeg' };
      return { ...file, sha256, durationUs: 600e6 };
    }),
  );
  await catalog.episodes.markReady(episode.id, mastered({ durationUs: 600e6, renditions }));

  const clock = { nowMs: Date.parse('2026-11-22T12:00:00Z') };
  const nowMs = () => clock.nowMs;
  const lists = { lists: SEED_LISTS, source: undefined };
  const logger = pino({ level: 'silent' });
  /** Another process of the installation. */
  const server = () => {
    const counter = createAudienceCounter({
      ...{ audience: catalog.audience, media, lists, detailDays: 400, logger, nowMs, flushEveryMs: 0 },
      ...fields,
    });
    const app = createPublisherApp({
      ...{ catalog, media, sessionsFolder: '/none', exportsFolder: '/none', percentOf: () => 0 },
      ...{ signingKey, baseUrl: testBaseUrl, logger, nowMs },
      audience: { catalog, counter, lists, isTrusted: trustedProxies(['10.0.0.0/8']), delivery },
    });
    const play = async ({ at, from = '198.51.100.1', agent, file = 'mp3', ...line }: Line) => {
      clock.nowMs = Date.parse(at);
      const { mediaKey } = renditions.find(({ kind }) => kind === file)!;
      const headers = {
        ...(agent === undefined ? {} : { 'User-Agent': agent }),
        ...(line.range === undefined ? {} : { Range: line.range }),
        ...line.headers,
      };
      const env = { incoming: { socket: { remoteAddress: from } } };
      const response = await app.request(`/${mediaKey}`, { method: line.method ?? 'GET', headers }, env);
      await consume(response, line.takes ?? Infinity);
      return response;
    };
    return { app, counter, play };
  };
  const first = server();
  const figures = (from = '2026-11-22', to = from) => catalog.audience.ofShow(show.id, { from, to });
  return { ...first, server, figures, clock, show, episode, renditions, signingKey, media };
}

async function consume(response: Response, bytes: number): Promise<void> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  for (let had = 0; reader !== undefined && had < bytes;) {
    const { done, value } = await reader.read();
    if (done) return;
    had += value.byteLength;
  }
  await reader?.cancel();
}

/** Serves media to the world and counts who listens; or sends them to a store that serves better. */
import type { Context } from 'hono';
import type { Audience, Episodes } from '../../src/catalog/index.ts';
import { isKey } from '../media/key.ts';
import { CROSS_ORIGIN_HEADERS, serveObject } from '../media/serve.ts';
import type { MediaStore } from '../media/store.ts';
import { askedOf } from './asked.ts';
import type { TrustedProxies } from './client-address.ts';
import type { AudienceCounter } from './counter.ts';
import { askedRange, elsewhere, type MediaDelivery } from './delivery.ts';
import type { PinnedLists } from './pinned-lists.ts';

/** What the web server needs to count who listens. */
export interface AudienceOptions {
  catalog: { episodes: Pick<Episodes, 'listFor'>; audience: Pick<Audience, 'ofShow'> };
  counter: AudienceCounter;
  lists: PinnedLists;
  isTrusted: TrustedProxies;
  delivery: MediaDelivery;
}

/** Answers a GET or HEAD for audio; undefined when there is no such object. Without `audience` nobody counts. */
export async function serveCounted(
  c: Context,
  key: string,
  {
    media,
    audience,
    nowMs,
  }: { media: MediaStore; audience?: AudienceOptions | undefined; nowMs: () => number },
): Promise<Response | undefined> {
  if (audience === undefined) return serveObject(c, key, { media, nowMs, crossOrigin: true });
  const asked = askedOf(c, key, audience.isTrusted);
  const other = isKey(key) ? elsewhere(audience.delivery, key, media) : undefined;
  if (other !== undefined) {
    audience.counter.observe(asked, askedRange(asked.range));
    return c.body(null, 302, { ...CROSS_ORIGIN_HEADERS, Location: other, 'Cache-Control': 'no-store' });
  }
  return serveObject(c, key, {
    ...{ media, nowMs, crossOrigin: true },
    observe: (answered) => audience.counter.observe(asked, answered),
  });
}

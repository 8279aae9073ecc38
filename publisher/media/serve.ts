/**
 * Serves objects of the media store over HTTP as podcast apps need it: HEAD, byte ranges, conditional requests (RFC 9110
 * sections 13 and 14), exact lengths, no compression. Hono's own static helper knows no ETag and no If-Range.
 */
import type { Readable } from 'node:stream';
import type { Context } from 'hono';
import { decideRange, ifRangeHolds, isNotModified } from './range.ts';
import { isKey } from './key.ts';
import { offerRaw } from './raw-body.ts';
import type { ByteRange, MediaStore, StoredObject } from './store.ts';
import { toWebStream } from './web-stream.ts';

export interface ServeOptions {
  media: MediaStore;
  /** Lets web players of other sites fetch the object, as chapters, transcripts and audio need. */
  crossOrigin?: boolean;
  /** Told of what is about to be answered, unless there is no such object; what it hands back hears of the body as it goes out. */
  observe?: ((answered: { status: number; first: number }) => (bytes: number) => void) | undefined;
  /** Milliseconds since 1970. */
  nowMs?: () => number;
}

/** Headers that let a page of another site read a response, ranges included. */
export const CROSS_ORIGIN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range, ETag',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** The answer to a preflight: Range and the conditional headers are not on the browsers' safe list. */
export function answerPreflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...CROSS_ORIGIN_HEADERS,
      'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
      'Access-Control-Allow-Headers': 'Range, If-Range, If-None-Match, If-Modified-Since',
      'Access-Control-Max-Age': '86400',
    },
  });
}

/** What is known of a body before it is read. */
export type Servable = Omit<StoredObject, 'key' | 'sha256' | 'metadata'>;

type Plan = { status: 200 | 304 | 416 } | { status: 206; range: ByteRange };

function planFor(c: Context, object: Servable, nowMs: number): Plan {
  const conditions = {
    ifNoneMatch: c.req.header('If-None-Match'),
    ifModifiedSince: c.req.header('If-Modified-Since'),
  };
  if (isNotModified(conditions, object)) return { status: 304 };
  // Range is defined for GET alone (14.2).
  if (c.req.method !== 'GET' || !ifRangeHolds(c.req.header('If-Range'), object, nowMs))
    return { status: 200 };
  const decision = decideRange(c.req.header('Range'), object.bytes);
  if (decision.kind === 'part') return { status: 206, range: decision.range };
  return { status: decision.kind === 'whole' ? 200 : 416 };
}

function headersFor(object: Servable, plan: Plan, crossOrigin: boolean): Headers {
  const headers = new Headers({
    ETag: object.etag,
    'Last-Modified': object.lastModified.toUTCString(),
    'Accept-Ranges': 'bytes',
    'Cache-Control': object.cacheControl ?? 'no-cache',
    ...(crossOrigin ? CROSS_ORIGIN_HEADERS : {}),
  });
  if (plan.status === 304) return headers;
  if (plan.status === 416) {
    headers.set('Content-Range', `bytes */${object.bytes}`);
    headers.set('Content-Type', 'text/plain; charset=utf-8');
    headers.set('Cache-Control', 'no-store');
    return headers;
  }
  const { first, last } = plan.status === 206 ? plan.range : { first: 0, last: object.bytes - 1 };
  headers.set('Content-Type', object.contentType);
  headers.set('Content-Length', String(last - first + 1));
  if (plan.status === 206) headers.set('Content-Range', `bytes ${first}-${last}/${object.bytes}`);
  return headers;
}

function withoutBody(
  c: Context,
  { bytes }: Servable,
  { status }: Plan,
  headers: Headers,
): Response | undefined {
  if (status === 416) return new Response(`This file ends at byte ${bytes}.\n`, { status, headers });
  return status === 304 || c.req.method === 'HEAD' ? new Response(null, { status, headers }) : undefined;
}

/** Answers a GET or HEAD with a body that never changes under its ETag; `more` headers go with what is sent of it. */
export function serveBody(
  c: Context,
  body: Servable,
  read: (range: ByteRange) => Readable,
  { nowMs = Date.now, more = {} }: { nowMs?: () => number; more?: Readonly<Record<string, string>> } = {},
): Response {
  const plan = planFor(c, body, nowMs());
  const headers = headersFor(body, plan, false);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  const range = plan.status === 206 ? plan.range : { first: 0, last: body.bytes - 1 };
  return (
    withoutBody(c, body, plan, headers) ??
    new Response(toWebStream(read(range)), { status: plan.status, headers })
  );
}

/** Answers a GET or HEAD with the object under `key`; undefined when there is none, so that the caller says what is missing. */
export async function serveObject(
  c: Context,
  key: string,
  { media, crossOrigin = false, observe, nowMs = Date.now }: ServeOptions,
): Promise<Response | undefined> {
  if (!isKey(key)) return undefined;
  for (;;) {
    const object = await media.head(key);
    if (object === undefined) return undefined;
    const plan = planFor(c, object, nowMs());
    const headers = headersFor(object, plan, crossOrigin);
    const bodiless = withoutBody(c, object, plan, headers);
    if (bodiless !== undefined) {
      observe?.({ status: plan.status, first: 0 });
      return bodiless;
    }
    const found = await media.read(key, plan.status === 206 ? plan.range : undefined);
    if (found === undefined) return undefined;
    if (found.object.etag === object.etag) {
      const first = plan.status === 206 ? plan.range.first : 0;
      const sent = observe?.({ status: plan.status, first });
      const stream = toWebStream(found.body, sent);
      offerRaw(c, { stream, body: found.body, sent });
      return new Response(stream, { status: plan.status, headers });
    }
    // Replaced between the two looks: decide again, on the new one.
    found.body.destroy();
  }
}

/** Audio, art and assets, open to other sites. */
import type { Context, Hono } from 'hono';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { preferredEncoding } from '../encoding.ts';
import { isAudio } from '../audience/delivery.ts';
import { serveCounted } from '../audience/serve-counted.ts';
import { answerPreflight, CROSS_ORIGIN_HEADERS, serveBody } from '../media/serve.ts';
import type { ByteRange } from '../media/store.ts';
import { NOT_FOUND } from '../messages.ts';
import { type Asset, FOR_EVER } from '../site/assets.ts';
import { serveText } from '../serve-text.ts';
import { type Kit, keyOf } from './kit.ts';

export function fileRoutes(app: Hono, { options, assets, texts, say }: Kit): void {
  const encoded = new Map<string, Uint8Array>();
  for (const folder of ['/media/*', '/art/*', '/assets/*']) {
    app.options(folder, answerPreflight);
    app.get(folder, async (c) => {
      const own = Object.values(await assets()).find(({ key }) => `/${key}` === c.req.path);
      if (own !== undefined) return serveAsset(c, own, { encoded, nowMs: options.nowMs });
      const key = keyOf(c);
      const isOpen = key !== undefined && OPEN_FOLDERS.test(key);
      if (!isOpen) return say(c, NOT_FOUND);
      const { media, nowMs } = options;
      const found = isAudio(key)
        ? await serveCounted(c, key, options)
        : await serveText(c, key, { texts, media, nowMs, crossOrigin: true });
      return found ?? say(c, NOT_FOUND);
    });
  }
}

/** Whatever a path is made of: nothing else of the store is reached by it. */
const OPEN_FOLDERS = /^(?:media|art|assets)\//;

const ENCODE = {
  br: (body: Uint8Array) =>
    brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  gzip: (body: Uint8Array) => gzipSync(body, { level: 9 }),
};
/** An asset's name is its content, so when it was written says nothing. */
const STARTED = new Date();

/** Pictures but drawings are compressed already. */
const COMPRESSIBLE = /^text\/|^image\/svg/;

/** From memory, so that the front page and messages are whole before anything was published. Each is compressed once. */
function serveAsset(
  c: Context,
  { key, body, contentType }: Asset,
  { encoded, nowMs }: { encoded: Map<string, Uint8Array>; nowMs: () => number },
): Response {
  if (!COMPRESSIBLE.test(contentType)) {
    // As podcast apps need it: what they play of a live event is among these.
    const asset = {
      ...{ bytes: body.length, contentType, cacheControl: FOR_EVER, lastModified: STARTED },
      etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`,
    };
    const read = ({ first, last }: ByteRange) => Readable.from([body.subarray(first, last + 1)]);
    return serveBody(c, asset, read, { nowMs, more: CROSS_ORIGIN_HEADERS });
  }
  const headers = new Headers({
    'Content-Type': contentType,
    'Cache-Control': FOR_EVER,
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  headers.set('Vary', 'Accept-Encoding');
  const encoding = preferredEncoding(c.req.header('Accept-Encoding'), ['br', 'gzip'] as const);
  if (encoding === undefined) return new Response(new Uint8Array(body), { headers });
  const name = `${key} ${encoding}`;
  const compressed = encoded.get(name) ?? ENCODE[encoding](body);
  encoded.set(name, compressed);
  headers.set('Content-Encoding', encoding);
  return new Response(new Uint8Array(compressed), { headers });
}

/** Audio, art and assets, open to other sites. */
import type { Context, Hono } from 'hono';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { preferredEncoding } from '../encoding.ts';
import { serveCounted } from '../audience/serve-counted.ts';
import { answerPreflight } from '../media/serve.ts';
import { NOT_FOUND } from '../messages.ts';
import { type Asset, FOR_EVER } from '../site/assets.ts';
import { type Kit, keyOf } from './kit.ts';

export function fileRoutes(app: Hono, { options, assets, say }: Kit): void {
  const encoded = new Map<string, Uint8Array>();
  for (const folder of ['/media/*', '/art/*', '/assets/*']) {
    app.options(folder, answerPreflight);
    app.get(folder, async (c) => {
      const own = Object.values(await assets()).find(({ key }) => `/${key}` === c.req.path);
      if (own !== undefined) return serveAsset(c, own, encoded);
      const key = keyOf(c);
      const found = key === undefined ? undefined : await serveCounted(c, key, options);
      return found ?? say(c, NOT_FOUND);
    });
  }
}

const ENCODE = {
  br: (body: Uint8Array) =>
    brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  gzip: (body: Uint8Array) => gzipSync(body, { level: 9 }),
};
/** Pictures but drawings are compressed already. */
const COMPRESSIBLE = /^text\/|^image\/svg/;

/** From memory, so that the front page and messages are whole before anything was published. Each is compressed once. */
function serveAsset(
  c: Context,
  { key, body, contentType }: Asset,
  encoded: Map<string, Uint8Array>,
): Response {
  const headers = new Headers({
    'Content-Type': contentType,
    'Cache-Control': FOR_EVER,
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  if (!COMPRESSIBLE.test(contentType)) return new Response(new Uint8Array(body), { headers });
  headers.set('Vary', 'Accept-Encoding');
  const encoding = preferredEncoding(c.req.header('Accept-Encoding'), ['br', 'gzip'] as const);
  if (encoding === undefined) return new Response(new Uint8Array(body), { headers });
  const name = `${key} ${encoding}`;
  const compressed = encoded.get(name) ?? ENCODE[encoding](body);
  encoded.set(name, compressed);
  headers.set('Content-Encoding', encoding);
  return new Response(new Uint8Array(compressed), { headers });
}

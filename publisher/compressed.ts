/**
 * Text that is compressed when it is first asked for so, and kept: pages, transcripts, members' own feeds. Each encoding has an
 * ETag of its own (RFC 9110, section 8.8.3.3). The feed that everybody has is compressed when it is published.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'hono';
import { preferredEncoding } from './encoding.ts';
import { isNotModified } from './media/range.ts';
import type { Encoding } from './site/feed-objects.ts';

/** Of all texts together; the least lately asked for goes first. */
const MOST_BYTES = 32 * 1024 * 1024;
const OFFERED: readonly Encoding[] = ['br', 'gzip'];

export interface Text {
  /** Names the text and nothing else; strong, and the same for as long as the bytes are. */
  etag: string;
  /** Whose it is: two texts of different owners may have the same ETag. */
  owner: string;
  lastModified?: Date | undefined;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
  /** Asked only where no compressed form is at hand. Undefined when the text is another by now. */
  read: () => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface CompressedTexts {
  /** Whether the request would have it compressed. */
  isWanted(c: Context): boolean;
  /** Answers a GET or HEAD; undefined when the text is another by now. */
  answer(c: Context, text: Text): Promise<Response | undefined>;
  readonly bytes: number;
}

const encode: Record<Encoding, (body: Uint8Array) => Promise<Buffer<ArrayBuffer>>> = {
  gzip: (body) => promisify(gzip)(body),
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
};

const encodingFor = (c: Context) => preferredEncoding(c.req.header('Accept-Encoding'), OFFERED);

export function createCompressedTexts(mostBytes = MOST_BYTES): CompressedTexts {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Once, however many ask. */
  const making = new Map<string, Promise<Uint8Array<ArrayBuffer> | undefined>>();
  let bytes = 0;

  async function make(name: string, encoding: Encoding, { read }: Text) {
    const body = await read();
    if (body === undefined) return undefined;
    const encoded = await encode[encoding](body);
    kept.set(name, encoded);
    bytes += encoded.length;
    for (const [oldest, { length }] of kept) {
      if (bytes <= mostBytes) break;
      kept.delete(oldest);
      bytes -= length;
    }
    return encoded;
  }

  async function encoded(encoding: Encoding, text: Text): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const name = `${encoding} ${text.etag} ${text.owner}`;
    const known = kept.get(name);
    if (known !== undefined) {
      kept.delete(name);
      kept.set(name, known);
      return known;
    }
    const already = making.get(name);
    if (already !== undefined) return already;
    const made = make(name, encoding, text).finally(() => making.delete(name));
    making.set(name, made);
    return made;
  }

  return {
    isWanted: (c) => encodingFor(c) !== undefined,
    async answer(c, text) {
      const encoding = encodingFor(c);
      const etag = encoding === undefined ? text.etag : `${text.etag.slice(0, -1)}-${encoding}"`;
      const headers: Record<string, string> = {
        ...text.headers,
        ETag: etag,
        Vary: 'Accept-Encoding',
        ...(text.lastModified === undefined ? {} : { 'Last-Modified': text.lastModified.toUTCString() }),
      };
      const asked = {
        ifNoneMatch: c.req.header('If-None-Match'),
        ifModifiedSince: text.lastModified && c.req.header('If-Modified-Since'),
      };
      if (isNotModified(asked, { etag, lastModified: text.lastModified ?? new Date(0) }))
        return new Response(null, { status: 304, headers });
      const body = encoding === undefined ? await text.read() : await encoded(encoding, text);
      if (body === undefined) return undefined;
      return new Response(c.req.method === 'HEAD' ? null : body, {
        headers: {
          ...headers,
          ...{ 'Content-Type': text.contentType, 'Content-Length': String(body.length) },
          ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
        },
      });
    },
    get bytes() {
      return bytes;
    },
  };
}

/**
 * The feed in the media store: the document and its encodings, each an object that knows its revision. A newer one is never
 * replaced by an older, whoever writes last and however late.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type MediaStore, PreconditionFailedError, type StoredObject } from '../media/store.ts';

export const FEED_TYPE = 'application/rss+xml; charset=utf-8';
/** Apps and caches look again after five minutes. */
const FOR_MINUTES = 'public, max-age=300';

export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];
const ENDINGS: Record<Encoding, string> = { br: '.br', gzip: '.gz' };
export const encodedKey = (key: string, encoding: Encoding) => `${key}${ENDINGS[encoding]}`;

export interface FeedDocument {
  key: string;
  /** Whole, or in parts. */
  xml: string | readonly Uint8Array[];
  revision: number;
  /** A name of the XML, where somebody knows a cheaper one than its hash. */
  content?: string;
  /** Where the feed has moved for good, and the hubs that tell of its changes: for those who serve it. */
  movedTo?: string | undefined;
  hubUrls?: readonly string[];
}

/** `renumbered`: of a newer revision, and otherwise what stood there. */
export type Put = 'stored' | 'renumbered' | 'unchanged' | 'outdated';

export const revisionOf = (object: StoredObject | undefined) => Number(object?.metadata['revision'] ?? -1);

/**
 * Stores the document unless a newer one stands. The revision is in its bytes too, as a comment: ETags name bytes alone, and
 * a swap by ETag must not take a feed for an earlier one that read the same.
 */
export function putFeed(media: MediaStore, document: FeedDocument): Promise<Put> {
  const { key, revision, xml, content } = document;
  return putNewest(media, {
    ...{ key, revision, body: bodyOf(document) },
    ...{ contentType: FEED_TYPE, cacheControl: FOR_MINUTES, metadata: metadataOf(document) },
    content: content ?? hash('sha1', typeof xml === 'string' ? xml : Buffer.concat(xml)),
  });
}

/** Put together once, however long it is: the encodings are of the very same bytes. */
const bodies = new WeakMap<FeedDocument, Buffer>();
function bodyOf(document: FeedDocument): Buffer {
  const { xml, revision } = document;
  const parts = typeof xml === 'string' ? [Buffer.from(xml)] : xml;
  const body =
    bodies.get(document) ?? Buffer.concat([...parts, Buffer.from(`<!-- revision ${revision} -->\n`)]);
  bodies.set(document, body);
  return body;
}

export interface Revised {
  key: string;
  /** Must differ from revision to revision. */
  body: Uint8Array;
  revision: number;
  contentType: string;
  cacheControl: string;
  metadata?: Readonly<Record<string, string>>;
  /** A name of what it says, whatever its revision. */
  content?: string;
}

/** Stores a body unless one of a newer revision stands there. */
export async function putNewest(
  media: MediaStore,
  { key, body, revision, contentType, cacheControl, content, ...more }: Revised,
): Promise<Put> {
  const metadata = {
    ...more.metadata,
    ...{ revision: String(revision) },
    ...(content === undefined ? {} : { content }),
  };
  for (;;) {
    const stored = await media.head(key);
    if (revisionOf(stored) > revision) return 'outdated';
    // The body last: to hash a long feed takes longer than all the rest.
    const same =
      stored !== undefined &&
      Object.entries(metadata).every(([name, value]) => stored.metadata[name] === value) &&
      stored.sha256 === hash('sha256', body);
    if (same) return 'unchanged';
    try {
      await media.put(
        key,
        { body },
        {
          ...{ contentType, cacheControl, metadata },
          onlyIf: stored === undefined ? 'absent' : { etag: stored.etag },
        },
      );
      const isSame = content !== undefined && stored?.metadata['content'] === content;
      return isSame ? 'renumbered' : 'stored';
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

/** What is served besides the document; the document itself says all of it too. Metadata takes 1 KiB in all. */
const MOST_METADATA_CHARACTERS = 800;

/** Object metadata is plain ASCII; an address is that once it is parsed. What does not fit is left out. */
function metadataOf({ movedTo, hubUrls = [] }: FeedDocument): Record<string, string> {
  const moved = movedTo === undefined ? '' : (URL.parse(movedTo)?.href ?? '');
  const hubs = hubUrls.flatMap((url) => URL.parse(url)?.href ?? []).join(' ');
  const fits = (...values: string[]) => values.join('').length <= MOST_METADATA_CHARACTERS;
  return {
    ...(moved !== '' && fits(moved) ? { 'moved-to': moved } : {}),
    ...(hubs !== '' && fits(moved, hubs) ? { hubs } : {}),
  };
}

/** Levels by what they cost for a feed of 8 MB: a sixth of a second, and a fifth of one. */
const encode: Record<Encoding, (body: Uint8Array) => Promise<Buffer>> = {
  gzip: (body) => promisify(gzip)(body, { level: 6 }),
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
};

/**
 * Stores what stands under the key compressed as well, each encoding saying of which bytes it is: a reader takes none that
 * is not of the document it has.
 */
export async function putEncodings(media: MediaStore, document: FeedDocument): Promise<void> {
  const { key, revision } = document;
  const body = bodyOf(document);
  const of = hash('sha256', body);
  const stands = async (encoding: Encoding) => {
    const stored = await media.head(encodedKey(key, encoding));
    return stored?.metadata['of'] === of || revisionOf(stored) > revision;
  };
  // Both at once, each on a thread of its own.
  const made = ENCODINGS.map(async (encoding) =>
    (await stands(encoding)) ? undefined : await encode[encoding](body),
  );
  for (const [index, encoded] of (await Promise.all(made)).entries()) {
    if (encoded === undefined) continue;
    await media.put(
      encodedKey(key, ENCODINGS[index]!),
      { body: encoded },
      {
        ...{ contentType: FEED_TYPE, cacheControl: FOR_MINUTES },
        metadata: { of, revision: String(revision) },
      },
    );
  }
}

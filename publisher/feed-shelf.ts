/**
 * Serves feeds from memory: the document and its encodings as they were made when the show was published, so that an answer
 * costs neither a disk nor a hash. What stands in the store is looked at again when news of it come, and once a second.
 */
import { buffer } from 'node:stream/consumers';
import type { Context } from 'hono';
import { preferredEncoding } from './encoding.ts';
import { isKey } from './media/key.ts';
import { isNotModified } from './media/range.ts';
import { CROSS_ORIGIN_HEADERS } from './media/serve.ts';
import type { MediaStore, StoredObject } from './media/store.ts';
import { FILE_HEADERS, markComplete } from './secure-headers.ts';
import { ENCODINGS, encodedKey, type Encoding } from './site/feed-objects.ts';

const LOOK_AGAIN_MS = 1_000;
/** Of all feeds together; the least lately asked for goes first. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Apps and proxies say in some dozen ways which encodings they take; whoever makes up more of them fills no memory. */
const MOST_WAYS = 100;
const LONGEST_WAY = 100;

interface Variant {
  object: StoredObject;
  body: Uint8Array<ArrayBuffer>;
  /** Of an answer with the body, and of one without. */
  whole: Record<string, string>;
  unchanged: Record<string, string>;
}

interface Shelved {
  lookedAtMs: number;
  document: Variant;
  encodings: Partial<Record<Encoding, Variant>>;
  /** By Accept-Encoding, as it was said: what it is answered with. */
  chosen: Map<string, Variant>;
  movedTo: string | undefined;
}

/** What a request says, as far as it decides over the answer. */
export interface Asked {
  accepts: string | undefined;
  ifNoneMatch: string | undefined;
  ifModifiedSince: string | undefined;
}

export interface FeedShelf {
  /** Answers a GET for a feed that stands here and was looked at lately; undefined for any other. */
  atOnce(key: string, asked: Asked): Response | undefined;
  /** Answers a GET or HEAD; undefined when there is no feed under the key. */
  answer(c: Context, key: string): Promise<Response | undefined>;
  /** The feed under the key was written anew. */
  changed(key: string): void;
}

export interface FeedShelfOptions {
  media: MediaStore;
  /** Where the world finds the feed of a key. */
  addressOf: (key: string) => string;
  /** Milliseconds, monotonic. */
  nowMs?: () => number;
}

export function createFeedShelf({
  media,
  addressOf,
  nowMs = () => performance.now(),
}: FeedShelfOptions): FeedShelf {
  const shelf = new Map<string, Shelved>();
  /** One look a key at a time, however many ask. */
  const looking = new Map<string, Promise<Shelved | undefined>>();

  const variantOf = async (
    object: StoredObject,
    self: string,
    encoding?: Encoding,
  ): Promise<Variant | undefined> => {
    const found = await media.read(object.key);
    if (found === undefined) return undefined;
    const body = new Uint8Array(await buffer(found.body));
    if (found.object.etag !== object.etag) return undefined;
    const hubs = object.metadata['hubs']?.split(' ') ?? [];
    const links = [...hubs.map((hub) => `<${hub}>; rel="hub"`), `<${self}>; rel="self"`];
    const unchanged = {
      ETag: object.etag,
      'Last-Modified': object.lastModified.toUTCString(),
      'Cache-Control': object.cacheControl ?? 'no-cache',
      Vary: 'Accept-Encoding',
      // WebSub, section 4: a publisher names hub and topic in the headers too.
      ...(hubs.length > 0 ? { Link: links.join(', ') } : {}),
      ...CROSS_ORIGIN_HEADERS,
      ...FILE_HEADERS,
    };
    const whole = {
      ...unchanged,
      'Content-Type': object.contentType,
      'Content-Length': String(body.length),
      ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
    };
    return { object, body, whole, unchanged };
  };

  const look = async (key: string): Promise<Shelved | undefined> => {
    const before = shelf.get(key);
    const object = await media.head(key);
    if (object === undefined) {
      shelf.delete(key);
      return undefined;
    }
    const self = addressOf(key);
    const kept = before?.document.object.etag === object.etag ? before.document : undefined;
    const document = kept ?? (await variantOf(object, self));
    // Replaced between the two looks.
    if (document === undefined) return before ?? look(key);
    const encodings: Shelved['encodings'] = {};
    for (const encoding of ENCODINGS) {
      const known = kept && before?.encodings[encoding];
      const encoded = known ? undefined : await media.head(encodedKey(key, encoding));
      const variant =
        known ??
        (encoded?.metadata['of'] === object.sha256 ? await variantOf(encoded, self, encoding) : undefined);
      if (variant !== undefined) encodings[encoding] = variant;
    }
    const movedTo = object.metadata['moved-to'];
    const shelved = { lookedAtMs: nowMs(), document, encodings, chosen: new Map(), movedTo };
    shelf.delete(key);
    shelf.set(key, shelved);
    makeRoom(shelf);
    return shelved;
  };

  const lookOnce = (key: string) => {
    const already = looking.get(key);
    if (already !== undefined) return already;
    const once = look(key)
      .catch((error: unknown) => {
        // While the store is away, what stood in it last is what there is.
        const known = shelf.get(key);
        if (known === undefined) throw error;
        known.lookedAtMs = nowMs();
        return known;
      })
      .finally(() => looking.delete(key));
    looking.set(key, once);
    return once;
  };

  const freshOf = (key: string): Shelved | undefined => {
    const known = shelf.get(key);
    return known !== undefined && nowMs() - known.lookedAtMs < LOOK_AGAIN_MS ? known : undefined;
  };

  return {
    atOnce(key, asked) {
      const shelved = freshOf(key);
      return shelved === undefined || shelved.movedTo !== undefined ? undefined : respond(shelved, asked);
    },
    async answer(c, key) {
      if (!isKey(key)) return undefined;
      const shelved = freshOf(key) ?? (await lookOnce(key));
      if (shelved === undefined) return undefined;
      if (shelved.movedTo !== undefined) {
        // Not for ever: a move may be taken back.
        c.header('Cache-Control', 'public, max-age=300');
        return c.redirect(shelved.movedTo, 301);
      }
      const asked = {
        accepts: c.req.header('Accept-Encoding'),
        ifNoneMatch: c.req.header('If-None-Match'),
        ifModifiedSince: c.req.header('If-Modified-Since'),
      };
      markComplete(c);
      return respond(shelved, asked, c.req.method === 'HEAD');
    },
    changed(key) {
      const known = shelf.get(key);
      if (known !== undefined) known.lookedAtMs = -Infinity;
    },
  };
}

function respond(shelved: Shelved, { accepts, ...conditions }: Asked, isHead = false): Response {
  const { object, body, whole, unchanged } = variantFor(shelved, accepts);
  if (isNotModified(conditions, object)) return new Response(null, { status: 304, headers: unchanged });
  return new Response(isHead ? null : body, { status: 200, headers: whole });
}

function variantFor(shelved: Shelved, said: string | undefined): Variant {
  const known = said === undefined ? shelved.document : shelved.chosen.get(said);
  if (known !== undefined) return known;
  const encoding = preferredEncoding(said, encodingsOf(shelved));
  const chosen = (encoding === undefined ? undefined : shelved.encodings[encoding]) ?? shelved.document;
  if (said !== undefined && said.length <= LONGEST_WAY && shelved.chosen.size < MOST_WAYS)
    shelved.chosen.set(said, chosen);
  return chosen;
}

const encodingsOf = ({ encodings }: Shelved): Encoding[] =>
  ENCODINGS.filter((encoding) => encodings[encoding] !== undefined);

const bytesOf = ({ document, encodings }: Shelved): number =>
  [document, ...Object.values(encodings)].reduce((sum, { body }) => sum + body.length, 0);

function makeRoom(shelf: Map<string, Shelved>): void {
  let bytes = 0;
  for (const shelved of shelf.values()) bytes += bytesOf(shelved);
  for (const [key, shelved] of shelf) {
    if (bytes <= MOST_BYTES || shelf.size === 1) return;
    shelf.delete(key);
    bytes -= bytesOf(shelved);
  }
}

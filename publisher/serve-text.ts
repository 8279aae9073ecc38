/** Pages, transcripts and chapters out of the media store: compressed for who takes that, and otherwise as all files are. */
import { buffer } from 'node:stream/consumers';
import type { Context } from 'hono';
import type { CompressedTexts } from './compressed.ts';
import { isKey } from './media/key.ts';
import { CROSS_ORIGIN_HEADERS, type ServeOptions, serveObject } from './media/serve.ts';

const COMPRESSIBLE = /^text\/|^application\/(?:json|xml|rss\+xml|json\+chapters|x-subrip)\b/;
/** A file that is larger is no text that anybody wrote. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Answers a GET or HEAD with the object under `key`; undefined when there is none. */
export async function serveText(
  c: Context,
  key: string,
  { texts, ...options }: Omit<ServeOptions, 'observe'> & { texts: CompressedTexts },
): Promise<Response | undefined> {
  if (!isKey(key)) return undefined;
  const { media, crossOrigin = false } = options;
  for (;;) {
    const object = await media.head(key);
    if (object === undefined) return undefined;
    const isText = COMPRESSIBLE.test(object.contentType) && object.bytes <= MOST_BYTES;
    if (!isText) return serveObject(c, key, options);
    if (!texts.isWanted(c)) {
      const answer = await serveObject(c, key, options);
      answer?.headers.set('Vary', 'Accept-Encoding');
      return answer;
    }
    const answer = await texts.answer(c, {
      ...{
        etag: object.etag,
        owner: key,
        lastModified: object.lastModified,
        contentType: object.contentType,
      },
      headers: {
        'Cache-Control': object.cacheControl ?? 'no-cache',
        ...(crossOrigin ? CROSS_ORIGIN_HEADERS : {}),
      },
      async read() {
        const found = await media.read(key);
        if (found === undefined || found.object.etag !== object.etag) {
          found?.body.destroy();
          return undefined;
        }
        return new Uint8Array(await buffer(found.body));
      },
    });
    // Replaced between the two looks: on the new one.
    if (answer !== undefined) return answer;
  }
}

/** Small documents that are made when they are asked for, with validators of their own. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { CompressedTexts } from '../compressed.ts';

/** Browsers, calendars and crawlers look again after so long. */
const FOR_MINUTES = 'public, max-age=300';

export interface Made {
  texts: CompressedTexts;
  contentType: string;
  headers?: Record<string, string>;
}

export async function answerMade(
  c: Context,
  body: string,
  { texts, contentType, headers = {} }: Made,
): Promise<Response> {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const answer = await texts.answer(c, {
    ...{ etag: `"${digest}"`, owner: 'made', contentType },
    headers: { 'Cache-Control': FOR_MINUTES, ...headers },
    read: () => Promise.resolve(new TextEncoder().encode(body)),
  });
  // It is what it is: nobody replaces it.
  return answer!;
}

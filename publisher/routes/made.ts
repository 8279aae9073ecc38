/** Small documents that are made when they are asked for, with validators of their own. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { isNotModified } from '../media/range.ts';

/** Browsers, calendars and crawlers look again after so long. */
const FOR_MINUTES = 'public, max-age=300';

export function answerMade(
  c: Context,
  body: string,
  { contentType, headers = {} }: { contentType: string; headers?: Record<string, string> },
): Response {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const common = { ETag: etag, 'Cache-Control': FOR_MINUTES, ...headers };
  const asked = { ifNoneMatch: c.req.header('If-None-Match'), ifModifiedSince: undefined };
  if (isNotModified(asked, { etag, lastModified: new Date(0) }))
    return new Response(null, { status: 304, headers: common });
  return new Response(body, { headers: { ...common, 'Content-Type': contentType } });
}

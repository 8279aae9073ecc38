/** Headers of every answer. Hono's own set would forbid other sites to play our media. */
import type { Context, MiddlewareHandler } from 'hono';

/**
 * Pages load from their own host alone: no inline script or style, no form to post, and no frame around them, players for
 * other sites excepted. `data:` images are for what browsers draw into their own media controls.
 */
const pagePolicy = (frameAncestors: string, mediaOrigin: string | undefined) =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    // Browsers hold redirects against it as well (CSP Level 3, "Does url match source list in origin with redirect count?").
    mediaOrigin === undefined ? "media-src 'self'" : `media-src 'self' ${mediaOrigin}`,
    // The later parts of a transcript.
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
const ALWAYS = { 'X-Content-Type-Options': 'nosniff' };
const REFERRER = { 'Referrer-Policy': 'strict-origin-when-cross-origin' };
/** Whatever else is opened by itself (an SVG, say) may run nothing. */
const NO_PAGE = { 'Content-Security-Policy': "default-src 'none'; sandbox" };

/** All of it for what is no page, said by routes themselves where every answer counts: see `markComplete`. */
export const FILE_HEADERS = { ...ALWAYS, ...REFERRER, ...NO_PAGE };

const COMPLETE = 'headersAreComplete';
/**
 * What is answered carries all of these headers already. To look at a response's headers costs more than all else about it:
 * @hono/node-server hands those that nobody looked at to the socket as they were given.
 */
export const markComplete = (c: Context): void => c.set(COMPLETE, true);

const EMBED = /^\/shows\/[^/]+\/episodes\/[^/]+\/embed\/$/;

/** `mediaOrigin`: where else than from us the pages' players get their audio. */
export function secureHeaders({ mediaOrigin }: { mediaOrigin?: string | undefined } = {}): MiddlewareHandler {
  const ownPolicy = pagePolicy("'none'", mediaOrigin);
  const embedPolicy = pagePolicy('*', mediaOrigin);
  return async (c, next) => {
    await next();
    if (c.get(COMPLETE) === true) return;
    const { headers } = c.res;
    const set = (values: Readonly<Record<string, string>>) => {
      for (const [name, value] of Object.entries(values)) headers.set(name, value);
    };
    set(ALWAYS);
    if (!headers.has('Referrer-Policy')) set(REFERRER);
    if (!headers.has('Cross-Origin-Resource-Policy'))
      headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    const isPage = headers.get('Content-Type')?.startsWith('text/html') ?? false;
    const isEmbed = EMBED.test(c.req.path) && c.res.ok;
    if (isPage && !isEmbed) headers.set('X-Frame-Options', 'DENY');
    const policy = isEmbed ? embedPolicy : ownPolicy;
    set(isPage ? { 'Content-Security-Policy': policy } : NO_PAGE);
  };
}

/** Headers of every answer. Hono's own set would forbid other sites to play our media. */
import type { MiddlewareHandler } from 'hono';

/**
 * Pages load from their own host alone: no inline script or style, no form to post, and no frame around them, players for
 * other sites excepted. `data:` images are for what browsers draw into their own media controls.
 */
const pagePolicy = (frameAncestors: string) =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    // The later parts of a transcript.
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
const PAGE_POLICY = pagePolicy("'none'");
const EMBED_POLICY = pagePolicy('*');
const EMBED = /^\/shows\/[^/]+\/episodes\/[^/]+\/embed\/$/;

export function secureHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
    if (!headers.has('Cross-Origin-Resource-Policy'))
      headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    const isPage = headers.get('Content-Type')?.startsWith('text/html') ?? false;
    const isEmbed = EMBED.test(c.req.path) && c.res.ok;
    if (isPage && !isEmbed) headers.set('X-Frame-Options', 'DENY');
    // Whatever else is opened by itself (an SVG, say) may run nothing.
    const policy = isEmbed ? EMBED_POLICY : PAGE_POLICY;
    headers.set('Content-Security-Policy', isPage ? policy : "default-src 'none'; sandbox");
  };
}

/** Headers of every answer. Hono's own set would forbid other sites to play our media. */
import type { MiddlewareHandler } from 'hono';

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
const EMBED = /^\/shows\/[^/]+\/episodes\/[^/]+\/embed\/$/;

/** `mediaOrigin`: where else than from us the pages' players get their audio. */
export function secureHeaders({ mediaOrigin }: { mediaOrigin?: string | undefined } = {}): MiddlewareHandler {
  const ownPolicy = pagePolicy("'none'", mediaOrigin);
  const embedPolicy = pagePolicy('*', mediaOrigin);
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    if (!headers.has('Referrer-Policy')) headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
    if (!headers.has('Cross-Origin-Resource-Policy'))
      headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    const isPage = headers.get('Content-Type')?.startsWith('text/html') ?? false;
    const isEmbed = EMBED.test(c.req.path) && c.res.ok;
    if (isPage && !isEmbed) headers.set('X-Frame-Options', 'DENY');
    // Whatever else is opened by itself (an SVG, say) may run nothing.
    const policy = isEmbed ? embedPolicy : ownPolicy;
    headers.set('Content-Security-Policy', isPage ? policy : "default-src 'none'; sandbox");
  };
}

/** Headers of every answer. Hono's own set would forbid other sites to play our media. */
import type { MiddlewareHandler } from 'hono';

/**
 * Pages load from their own host alone: no inline script or style, no frame around them, no form to post. `data:` images are
 * for what browsers draw into their own media controls.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function secureHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
    if (!headers.has('Cross-Origin-Resource-Policy'))
      headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    const isPage = headers.get('Content-Type')?.startsWith('text/html') ?? false;
    // Whatever else is opened by itself (an SVG, say) may run nothing.
    headers.set('Content-Security-Policy', isPage ? PAGE_POLICY : "default-src 'none'; sandbox");
  };
}

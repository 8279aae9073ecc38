/** Answers for shows with a host name of their own, as what stands for them below the base URL. */
import { isIP } from 'node:net';
import type { Hono, MiddlewareHandler } from 'hono';
import type { Shows } from '../src/catalog/index.ts';
import { hostOf, isShared, onOwnDomain } from './site/own-domain.ts';

const LOOK_AGAIN_MS = 10_000;
const MOST_HOSTS = 1000;

/** Whether a Host header names the whole installation: its own name or an address, which are no show's. */
export function sharedHost(baseUrl: string): (header: string | undefined) => boolean {
  const { hostname } = new URL(baseUrl);
  // As it comes with almost every request.
  let [lastHeader, last]: [string | undefined, boolean] = [undefined, true];
  return (header) => {
    if (header !== lastHeader) {
      const host = hostOf(header);
      [lastHeader, last] = [header, host === undefined || host === hostname || isIP(host) !== 0];
    }
    return last;
  };
}

export function ownHosts(
  app: Hono,
  {
    shows,
    baseUrl,
    nowMs = Date.now,
  }: { shows: Pick<Shows, 'byDomain'>; baseUrl: string; nowMs?: (() => number) | undefined },
): MiddlewareHandler {
  const base = new URL(baseUrl);
  const isWhole = sharedHost(baseUrl);
  const known = new Map<string, { slug: string | undefined; untilMs: number }>();
  const slugOf = async (host: string) => {
    const before = known.get(host);
    if (before !== undefined && before.untilMs > nowMs()) return before.slug;
    const slug = (await shows.byDomain(host))?.slug;
    // Whoever makes up host names fills no memory with them.
    if (known.size >= MOST_HOSTS) known.clear();
    known.set(host, { slug, untilMs: nowMs() + LOOK_AGAIN_MS });
    return slug;
  };
  return async (c, next) => {
    const host = hostOf(c.req.header('Host'));
    if (host === undefined || isWhole(c.req.header('Host'))) return next();
    const url = new URL(c.req.url);
    const slug = isShared(url.pathname) ? undefined : await slugOf(host);
    if (slug === undefined) return next();
    const place = onOwnDomain(slug, url.pathname);
    if ('elsewhere' in place) return c.redirect(`${baseUrl}${url.pathname}${url.search}`, 302);
    if ('movedTo' in place) return c.redirect(`${place.movedTo}${url.search}`, 301);
    const headers = new Headers(c.req.raw.headers);
    headers.set('Host', base.host);
    const inner = new Request(new URL(`${place.path}${url.search}`, base.origin), {
      method: c.req.method,
      headers,
      signal: c.req.raw.signal,
    });
    return app.fetch(inner, c.env);
  };
}

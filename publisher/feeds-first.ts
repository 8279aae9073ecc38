/**
 * Feeds that stand on the shelf are answered before anything else of a request is looked at: of all that is asked for they are
 * most, and middleware, routes and parsed headers cost twice what such an answer does. Whatever is not as simple as that (another
 * method, a host of a show's own, a feed that is not at hand) goes the usual way.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { FeedShelf } from './feed-shelf.ts';
import { feedKey } from './site/addresses.ts';

export interface FeedsFirst {
  feeds: Pick<FeedShelf, 'atOnce'>;
  /** Whether a Host header names the whole installation, and not one show. */
  isShared: (host: string | undefined) => boolean;
  note?: ((slug: string, userAgent: string | undefined, status: number) => void) | undefined;
}

const FEED_PATH = /^\/shows\/([a-z0-9-]{1,100})\/feed\.xml$/;

export function feedsFirst(app: Hono, { feeds, isShared, note }: FeedsFirst): void {
  const { fetch } = app;
  const answer = (env: unknown): Response | undefined => {
    const { incoming } = (env ?? {}) as Partial<HttpBindings>;
    // Node's own headers: as parsed already, where Fetch's have to be made first.
    if (incoming?.method !== 'GET' || !('headers' in incoming)) return undefined;
    const slug = FEED_PATH.exec(incoming.url ?? '')?.[1];
    const { headers } = incoming;
    if (slug === undefined || !isShared(headers.host)) return undefined;
    const found = feeds.atOnce(feedKey(slug), {
      accepts: headers['accept-encoding'],
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
    });
    if (found !== undefined) note?.(slug, headers['user-agent'], found.status);
    return found;
  };
  app.fetch = (request, env, ...more) => answer(env) ?? fetch(request, env, ...more);
}

/** What a request says of who asks. */
import type { Context } from 'hono';
import { clientAddress, type TrustedProxies } from './client-address.ts';
import type { Asked } from './identify.ts';

/** The address of the client, by the socket and the proxies we trust; undefined where there is no socket. */
export function clientOf(c: Context, isTrusted: TrustedProxies): string | undefined {
  // As @hono/node-server hands it on; its own getConnInfo throws where an application is asked without a server.
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  const forwardedFor = c.req.header('X-Forwarded-For');
  return clientAddress({ peer: incoming?.socket?.remoteAddress, forwardedFor }, isTrusted);
}

export const askedOf = (c: Context, mediaKey: string, isTrusted: TrustedProxies): Asked => ({
  mediaKey,
  method: c.req.method,
  range: c.req.header('Range'),
  address: clientOf(c, isTrusted),
  agent: c.req.header('User-Agent'),
  referrer: c.req.header('Referer'),
});

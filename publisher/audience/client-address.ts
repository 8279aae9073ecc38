/** Who asks, when proxies stand before us: X-Forwarded-For counts only as far as proxies of ours have written it. Pure. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type TrustedProxies = (address: string) => boolean;

/** `cidrs` are addresses or networks such as `10.0.0.0/8`; they were checked with the settings. */
export function trustedProxies(cidrs: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** A header may be as long as Node lets it be; nobody stands behind so many proxies of his own. */
const MOST_HOPS = 20;

/**
 * The address of the client: the socket's peer, or, as long as that is a proxy we trust, whom it says it speaks for, from
 * the right. What stands further left was written by strangers and can be anything. Undefined where there is no socket.
 */
export function clientAddress(
  { peer, forwardedFor }: { peer: string | undefined; forwardedFor: string | undefined },
  isTrusted: TrustedProxies,
): string | undefined {
  let client = peer === undefined ? undefined : plainAddress(peer);
  if (client === undefined) return undefined;
  const hops = (forwardedFor ?? '').split(',').slice(-MOST_HOPS);
  for (let hop = hops.pop(); hop !== undefined && isTrusted(client); hop = hops.pop()) {
    const named = plainAddress(hop);
    // A proxy that hides its client (`unknown`, RFC 7239 section 6.2) is the last of whom we know.
    if (named === undefined) break;
    client = named;
  }
  return client;
}

/** Without white space, a port (some proxies write one), brackets, a zone; IPv4 also where it came in over IPv6. */
function plainAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed) ?? [];
  const [, beforePort] = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(trimmed) ?? [];
  const address = (bracketed ?? beforePort ?? trimmed).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv4(address) || isIPv6(address) ? address : undefined;
}

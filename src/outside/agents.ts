/**
 * Who may be asked: the public internet, whatever a name or an address in another spelling leads to, and never a network that
 * only this machine is in. The check is made on the addresses that the connection is then made to, so that a name that means
 * something else a moment later changes nothing.
 */
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { OutsideError } from './error.ts';

/** The address is one of those below. */
class ClosedAddressError extends Error {
  override name = 'ClosedAddressError';
}

/**
 * Ranges of the IANA registries for special purposes (RFC 6890 and what came after it) that ipaddr.js 2, by which
 * request-filtering-agent goes, takes for ordinary ones in some release: protocol assignments, 6to4 relays, benchmarking,
 * IPv4-compatible and site-local IPv6, discard-only, NAT64 for local use, documentation, segment routing.
 */
const alsoClosed = new BlockList();
for (const [network, prefix] of [
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
] as const)
  alsoClosed.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fec0::', 10],
] as const)
  alsoClosed.addSubnet(network, prefix, 'ipv6');

const checkOpen = (address: string): void => {
  const family = isIP(address);
  if (family !== 0 && alsoClosed.check(address, family === 4 ? 'ipv4' : 'ipv6'))
    throw new ClosedAddressError(`${address} is no public address`);
};

/** The system's look-up, without the addresses above. request-filtering-agent asks it, and looks at the rest. */
const lookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, found) => {
    let fault: Error | null = error;
    try {
      for (const { address } of error ? [] : found) checkOpen(address);
    } catch (closed) {
      fault = closed as Error;
    }
    if (fault !== null) callback(fault, '', 0);
    else if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  });
};

const filtering = {
  http: new RequestFilteringHttpAgent({ keepAlive: false }),
  https: new RequestFilteringHttpsAgent({ keepAlive: false }),
};
const plain = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };

export interface OutsideRules {
  /** Where the world reaches this installation: that may well be this machine. */
  baseUrl?: string | undefined;
  /** Hosts of a private network that an operator has named, as `host:port`; without a port where it is the scheme's own. */
  allowHosts?: readonly string[] | undefined;
}

/** Throws OutsideError for what is never fetched. */
export function checkAddress(address: string): URL {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new OutsideError('not-allowed', `"${address.slice(0, 200)}" is no web address.`);
  if (url.username !== '' || url.password !== '')
    throw new OutsideError(
      'not-allowed',
      `An address on ${url.host} has a name or a password in it; such are not fetched.`,
    );
  return url;
}

/** What a request connects by, to this address and to no other network than it may. Throws OutsideError. */
export function connectionFor(
  url: URL,
  { baseUrl, allowHosts = [] }: OutsideRules,
): Pick<http.RequestOptions, 'agent' | 'lookup'> {
  const { protocol, host, hostname, origin } = url;
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const isNamed = allowHosts.some((allowed) => allowed.toLowerCase() === host);
  const isOwn = baseUrl !== undefined && new URL(baseUrl).origin === origin;
  if (isNamed || isOwn) return { agent: plain[scheme] };
  try {
    // An address needs no look-up.
    checkOpen(hostname.replace(/^\[(.*)\]$/, '$1'));
  } catch (cause) {
    throw closed(url, cause);
  }
  return { agent: filtering[scheme], lookup };
}

/** As request-filtering-agent 3 words its refusals, and ours. */
export const isClosed = (error: unknown): boolean =>
  error instanceof ClosedAddressError ||
  (error instanceof Error && / is not allowed\. Because,? It is /.test(error.message));

export const closed = ({ host }: URL, cause: unknown): OutsideError =>
  new OutsideError(
    'not-allowed',
    `${host} is in a network that is not the public internet; nothing is fetched from there.`,
    { cause },
  );

/** Whether a host name stands for this machine or for a network that is not the public internet. Pure: nothing is looked up. */
import { BlockList, isIP } from 'node:net';

/** Loopback, RFC 1918, link-local, and unique local addresses (RFC 6890, RFC 4193). */
const near = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  near.addSubnet(network, prefix, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/**
 * Names that public DNS does not give out: single words (a container's, say), `.localhost` (RFC 6761), `.local` (RFC 6762),
 * `.home.arpa` (RFC 8375), `.internal` (reserved by ICANN for private use, resolution 2024.07.29.06).
 */
const NEAR_NAMES = /^[^.]+$|\.(localhost|local|home\.arpa|internal)$/;

/** `hostname` as a URL has it: lower case, IPv6 in brackets. */
export function isNearHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const family = isIP(host);
  return family === 0 ? NEAR_NAMES.test(host) : near.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** This machine itself: nothing leaves it on the way there (RFC 6890: 127.0.0.0/8 and ::1; RFC 6761: localhost). */
export const isThisHost = (hostname: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/i.test(hostname);

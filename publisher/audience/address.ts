/** IP addresses as numbers, and the networks that stand for one listener. Pure. */
import { isIPv4, isIPv6 } from 'node:net';

/** Of an IPv6 address only the first 64 bits: the rest is the device's own to change, and often does (RFC 8981). */
export type Address = { version: 4; value: number } | { version: 6; high: bigint };

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Undefined for what is no address. IPv4 that came in over an IPv6 socket is IPv4; a zone (`%eth0`) is left out. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/%.*$/, '');
  const v4 = MAPPED.exec(bare)?.[1] ?? bare;
  if (isIPv4(v4))
    return { version: 4, value: v4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) };
  if (!isIPv6(bare)) return undefined;
  const groups = expand(bare);
  return { version: 6, high: groups.slice(0, 4).reduce((sum, group) => sum * 65_536n + group, 0n) };
}

/** Eight groups of 16 bits (RFC 4291, 2.2): `::` stands for as many zeros as are missing. */
function expand(v6: string): bigint[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(v6);
  const [, a, b, c, d] = (dotted ?? []).map(Number);
  const text =
    dotted === null
      ? v6
      : `${v6.slice(0, dotted.index)}${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`;
  const [head = '', tail] = text.split('::');
  const groupsOf = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => BigInt(`0x${group}`));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  return [...before, ...Array<bigint>(8 - before.length - after.length).fill(0n), ...after];
}

/**
 * What is one address when listeners are counted: all of an IPv4 address, the first 64 bits of an IPv6 one (IAB Tech Lab,
 * Podcast Technical Measurement Guidelines 2.3, 5.5.4 "Working with IPv6 Addresses").
 */
export const networkOf = (address: Address): string =>
  address.version === 4 ? `4:${address.value}` : `6:${address.high.toString(16)}`;

/** Counters that wrap: 16-bit sequence numbers and 32-bit timestamps of RTP (RFC 3550 section 5.1). */

/**
 * The whole number that `value` (of `bits` bits) stands for: the one nearest to `near`. Works both ways, so a packet
 * that comes late is placed before the wrap, not 65,536 packets after it.
 */
export function unwrap(near: number, value: number, bits: 16 | 32): number {
  const unused = 32 - bits;
  return near + (((value - near) << unused) >> unused);
}

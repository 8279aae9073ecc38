/** The podcast:guid of a show: a UUIDv5 of its first feed address. */
import { createHash } from 'node:crypto';

// The namespace that the Podcasting 2.0 specification fixes for podcast:guid.
const PODCAST_NAMESPACE = 'ead4c236-bf58-58c6-a2c6-a6b28d128cb6';

/** RFC 9562 section 5.5: SHA-1 over the namespace's bytes and the name. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The guid for a feed address, without its scheme and trailing slashes as the specification asks. It is assigned once,
 * when a show is made, and stored: a show that moves keeps the guid of its first address.
 */
export function podcastGuid(feedUrl: string): string {
  return uuidV5(PODCAST_NAMESPACE, feedUrl.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/+$/, ''));
}

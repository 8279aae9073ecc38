/**
 * podcast:guid, a show's identity in every directory: a UUIDv5 of its first feed URL, assigned once
 * (https://podcasting2.org/docs/podcast-namespace/tags/guid).
 */
import { createHash } from 'node:crypto';

/** The namespace that the tag's specification fixes. */
const PODCAST_NAMESPACE = 'ead4c236-bf58-58c6-a2c6-a6b28d128cb6';

/**
 * From the feed's URL without scheme and trailing slashes. A URL that many installations share (a loopback address, or none
 * known) would give two shows one identity, so there the show's own id stands in for the host.
 */
export function podcastGuid(feedUrl: string | undefined, showId: string): string {
  const url = feedUrl === undefined ? null : URL.parse(feedUrl);
  const shared = url === null || isLoopback(url.hostname);
  const name = shared ? showId : (feedUrl ?? '').replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
  return uuidV5(PODCAST_NAMESPACE, name);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  /^127\./.test(host) ||
  host === '[::1]' ||
  host === '0.0.0.0';

/** RFC 9562 section 5.5: SHA-1 of the namespace's bytes and the name, with version and variant set. */
function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

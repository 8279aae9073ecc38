/** Keys of the media store: what may stand in one, so that no key ever leaves its store. */

/** A key that no store accepts. It comes from our own code or a crafted address; trying again cannot help. */
export class InvalidKeyError extends Error {
  override name = 'InvalidKeyError';
  constructor(key: string, why: string) {
    super(`"${key.slice(0, 80)}" cannot be a media key: ${why}`);
  }
}

// S3 keys end at 1,024 bytes of UTF-8, names in Linux file systems at 255; 40 remain for what a store adds.
export const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 215;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const FORBIDDEN = /[\0-\x1f\x7f\\]/;

/** Throws InvalidKeyError unless the key is relative, `/`-separated, and free of empty, hidden and dot segments. */
export function checkKey(key: string): void {
  const fail = (why: string): never => {
    throw new InvalidKeyError(key, why);
  };
  if (key === '') fail('it is empty');
  if (!key.isWellFormed()) fail('it is not well-formed Unicode');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) fail(`it is longer than ${MAX_KEY_BYTES} bytes`);
  if (FORBIDDEN.test(key)) fail('it holds a control character or a backslash');
  for (const segment of key.split('/')) {
    if (segment === '') fail('it holds an empty segment');
    if (segment.startsWith('.')) fail('a segment of it starts with a dot');
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
      fail(`a segment is longer than ${MAX_SEGMENT_BYTES} bytes`);
  }
}

/** Whether a key is acceptable, for keys that come out of a request's path. */
export function isKey(key: string): boolean {
  try {
    checkKey(key);
    return true;
  } catch {
    return false;
  }
}

const TYPES: Record<string, string> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/x-m4a',
  mp4: 'video/mp4',
  opus: 'audio/ogg',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  html: 'text/html; charset=utf-8',
  xml: 'application/rss+xml; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  // As podcast:transcript names them (Podcastindex-org/podcast-namespace, docs/tags/transcript.md).
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
};

/** The content type that a key's ending stands for in this project, for files whose metadata is gone. */
export function typeByEnding(key: string): string {
  if (key.endsWith('/chapters.json')) return 'application/json+chapters';
  return TYPES[key.slice(key.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** File names out of people's words: readable on every system, with emoji and right-to-left scripts intact. */

const MAX_NAME_BYTES = 200; // file systems end at 255; the rest is for "(1)" and for folders of other systems
// Windows forbids these; a slash would make a folder everywhere.
const FORBIDDEN = /[<>:"/\\|?*]/g;
// Controls, and the bidi overrides and isolates that can make "gpj.exe" read as "exe.jpg". ZWJ stays: emoji need it.
const INVISIBLE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One part of a name (a title, a person), without what file systems refuse; `fallback` where nothing is left. */
export function safeNamePart(text: string, fallback: string): string {
  const part = text
    .toWellFormed()
    .normalize('NFC')
    .replace(INVISIBLE, ' ')
    .replace(FORBIDDEN, '-')
    .replace(/\s+/g, ' ')
    // Windows drops trailing dots and spaces, everyone hides leading dots.
    .replace(/^[. ]+|[. ]+$/g, '');
  return part === '' ? fallback : part;
}

/** Cuts to bytes of UTF-8 between graphemes, so that no emoji and no accent is cut in two. */
export function cutName(text: string, maxBytes = MAX_NAME_BYTES): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let cut = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    cut += segment;
  }
  return cut.trimEnd();
}

/** The Content-Disposition of a download: plain ASCII for old clients, the true name for the others (RFC 6266, 8187). */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

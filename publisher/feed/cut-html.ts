/** HTML of our own making cut to a number of bytes, still whole. */

// What sanitizing and escaping leave behind: tags without `>` in their attributes, entities, text.
const TOKENS = /<(\/?)([a-z]+)[^>]*>|&[^;]+;|[^<&]+/g;
const ELLIPSIS = '…';

/** The longest beginning within `maxBytes` of UTF-8, with its tags closed. A link stays whole or goes. */
export function cutHtml(html: string, maxBytes: number): string {
  if (Buffer.byteLength(html) <= maxBytes) return html;
  const open: string[] = [];
  let kept = '';
  let bytes = Buffer.byteLength(ELLIPSIS);
  let closingBytes = 0;
  let beforeLink: string | undefined;
  for (const [token, slash, tag] of html.matchAll(TOKENS)) {
    const isOpening = tag !== undefined && slash === '' && !/^br\b/.test(tag);
    const tagBytes = tag === undefined ? 0 : `</${tag}>`.length;
    const closingAfter = closingBytes + (isOpening ? tagBytes : slash === '/' ? -tagBytes : 0);
    if (bytes + Buffer.byteLength(token) + closingAfter > maxBytes) {
      if (tag === undefined && !token.startsWith('&'))
        kept += beginning(token, maxBytes - bytes - closingBytes);
      break;
    }
    if (tag === 'a') beforeLink = isOpening ? kept : undefined;
    if (isOpening) open.push(tag);
    else if (slash === '/') open.pop();
    kept += token;
    bytes += Buffer.byteLength(token);
    closingBytes = closingAfter;
  }
  if (beforeLink !== undefined) {
    kept = beforeLink;
    open.length = open.lastIndexOf('a');
  }
  const closing = open
    .toReversed()
    .map((tag) => `</${tag}>`)
    .join('');
  return `${kept.trimEnd()}${ELLIPSIS}${closing}`;
}

function beginning(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

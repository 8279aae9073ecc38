/** HTML of strangers, brought down to what podcast apps show. */
import sanitizeHtml from 'sanitize-html';

/** PSP-1 (item description) allows p, ol, ul, li, a, b, i, strong, em; every app knows br. */
const ALLOWED_TAGS = ['p', 'br', 'ol', 'ul', 'li', 'a', 'b', 'i', 'strong', 'em'];
/** Nobody writes deeper than this for listeners, and parsers pay for it. */
const MAX_NESTING = 20;

const OPENING = /<([a-z][a-z0-9]*)(?=[\s/>])/gi;
const CLOSING = /<\/([a-z][a-z0-9]*)\s*>/gi;
const KNOWN = new Set([...ALLOWED_TAGS, 'div', 'span', 'h1', 'h2', 'h3', 'h4', 'blockquote', 'pre', 'code']);

const namesIn = (text: string, pattern: RegExp) =>
  new Set(Array.from(text.matchAll(pattern), ([, name = '']) => name.toLowerCase()));

/**
 * Whether text was meant as HTML: a known element that is opened and closed, or a `<br>`. A lone `<` or the name of a tag
 * in a sentence is text, and so is what is nested too deeply to have been written by hand.
 */
export function isHtml(text: string): boolean {
  if (!text.includes('<')) return false;
  const opened = namesIn(text, OPENING);
  if (![...opened].some((name) => KNOWN.has(name))) return false;
  const closed = namesIn(text, CLOSING);
  const isWritten = opened.has('br') || [...opened].some((name) => KNOWN.has(name) && closed.has(name));
  return isWritten && deepest(text) <= MAX_NESTING;
}

/** Elements that no end tag follows, and those whose next of a kind ends them (HTML, "optional tags"). */
const WITHOUT_END = new Set(['br', 'hr', 'img', 'input', 'meta', 'link', 'wbr', 'p', 'li']);

/** An upper bound, found without parsing: whatever looks like a tag counts as one. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (WITHOUT_END.has(name.toLowerCase())) continue;
    depth = Math.max(0, depth + (slash === '/' ? -1 : 1));
    most = Math.max(most, depth);
  }
  return most;
}

/** Feeds have no address that a relative link could start from. */
const linkTo = (href: string | undefined): Record<string, string> =>
  href !== undefined && URL.canParse(href) ? { href, rel: 'nofollow' } : {};

/** Text within the limits of `isHtml`. What comes out is well-formed XML too. */
export function safeHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ['href', 'rel'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    nestingLimit: MAX_NESTING,
    transformTags: {
      a: (tagName, { href }) => ({ tagName, attribs: linkTo(href) }),
      ...{ h1: 'p', h2: 'p', h3: 'p', h4: 'p', pre: 'p' },
    },
  }).trim();
}

/** XML as text: what may stand in a document at all, how it is escaped, and elements built from it. */

// XML 1.0 section 2.2 allows of the C0 controls only tab, line feed and carriage return; U+FFFE and U+FFFF never.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const NEVER_IN_XML = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;

/** Text that XML can hold: lone surrogates become U+FFFD, forbidden characters go. Escaping alone does not do this. */
export function clean(text: string): string {
  return text.toWellFormed().replace(NEVER_IN_XML, '');
}

// UAX 9, section 2: embeddings, overrides and isolates. Left open they turn round what an app writes after them; text in
// any script reads right without them.
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;

/** Text that cannot disturb what stands beside it. */
export const withoutBidiControls = (text: string): string => text.replace(BIDI_CONTROLS, '');

/** One line without surrounding white space, cut to `maxCharacters`: what titles, names and attributes are made of. */
export function cleanLine(text: string, maxCharacters = 255): string {
  const line = withoutBidiControls(clean(text)).replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= maxCharacters) return line;
  return `${characters
    .slice(0, maxCharacters - 1)
    .join('')
    .trimEnd()}…`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

// Nothing of all that: most values, and they need no more than one look.
const PLAIN = /^[\t\n\r\x20!\x23-\x25\x28-\x3B\x3D\x3F-\u2029\u202F-\u2065\u206A-\uD7FF\uE000-\uFFFD]*$/;

/** Cleaned text, fit for content and for attributes in either kind of quotes. */
export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  return withoutBidiControls(clean(text)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A CDATA section; the one sequence that would end it early is split over two. */
export function cdata(text: string): string {
  return `<![CDATA[${clean(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** A value that is escaped already. */
export interface Escaped {
  escaped: string;
}

export type Attributes = Record<string, string | number | Escaped | undefined>;

function attributesOf(attributes: Attributes): string {
  let markup = '';
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    markup += ` ${name}="${typeof value === 'object' ? value.escaped : escapeXml(String(value))}"`;
  }
  return markup;
}

/** An element around text, or an empty one; an attribute that is undefined is left out. */
export function element(name: string, text?: string | number, attributes: Attributes = {}): string {
  const open = `${name}${attributesOf(attributes)}`;
  return text === undefined ? `<${open}/>` : `<${open}>${escapeXml(String(text))}</${name}>`;
}

/** An element around markup that is already XML. */
export function parent(name: string, children: string[], attributes: Attributes = {}): string {
  return `${startTag(name, attributes)}${children.join('')}</${name}>`;
}

export const startTag = (name: string, attributes: Attributes = {}): string =>
  `<${name}${attributesOf(attributes)}>`;

/** An element, or nothing where there is nothing to say. */
export function maybe(name: string, text: string | number | undefined, attributes: Attributes = {}): string {
  return text === undefined || text === '' ? '' : element(name, text, attributes);
}

/** An element around those children that there are, or nothing. */
export function maybeParent(name: string, children: string[], attributes: Attributes = {}): string {
  return children.some((child) => child !== '') ? parent(name, children, attributes) : '';
}

/** XML as text: what may stand in a document at all, how it is escaped, and elements built from it. */

// XML 1.0 section 2.2 allows of the C0 controls only tab, line feed and carriage return; U+FFFE and U+FFFF never.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const NEVER_IN_XML = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;

/** Text that XML can hold: lone surrogates become U+FFFD, forbidden characters go. Escaping alone does not do this. */
export function clean(text: string): string {
  return text.toWellFormed().replace(NEVER_IN_XML, '');
}

/** One line without surrounding white space, cut to `maxCharacters`: what titles, names and attributes are made of. */
export function cleanLine(text: string, maxCharacters = 255): string {
  const line = clean(text).replace(/\s+/g, ' ').trim();
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

/** Cleaned text, fit for content and for attributes in either kind of quotes. */
export function escapeXml(text: string): string {
  return clean(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A CDATA section; the one sequence that would end it early is split over two. */
export function cdata(text: string): string {
  return `<![CDATA[${clean(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

export type Attributes = Record<string, string | number | undefined>;

const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`))
    .join('');

/** An element around text, or an empty one; an attribute that is undefined is left out. */
export function element(name: string, text?: string | number, attributes: Attributes = {}): string {
  const open = `${name}${attributesOf(attributes)}`;
  return text === undefined ? `<${open}/>` : `<${open}>${escapeXml(String(text))}</${name}>`;
}

/** An element around markup that is already XML. */
export function parent(name: string, children: string[], attributes: Attributes = {}): string {
  return `<${name}${attributesOf(attributes)}>${children.join('')}</${name}>`;
}

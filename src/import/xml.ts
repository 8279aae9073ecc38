/**
 * XML of strangers as a tree, as tolerantly as readers of feeds are: what is ill-formed is passed over, what is not closed ends
 * with its parent. Nothing is looked up, no entity of the document's own is known, and depth and number are bounded.
 */
import { SaxesParser } from 'saxes';

export interface XmlElement {
  /** `item` in no namespace, `itunes:author` by our names for namespaces, whatever prefix the document has for them. */
  name: string;
  /** By name; those of a namespace with our name for it. */
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  /** All text directly within, as it stands. */
  text: string;
}

/** The document is none that can be read. The message is a sentence. */
export class FeedError extends Error {
  override name = 'FeedError';
}

const MOST_DEPTH = 64;
const MOST_ELEMENTS = 2_000_000;

/** Our names of namespaces, by their address without scheme, in lower case, without a slash at the end. */
const NAMESPACES = new Map([
  ['www.itunes.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['podcastindex.org/namespace/1.0', 'podcast'],
  ['github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md', 'podcast'],
  ['podlove.org/simple-chapters', 'psc'],
  ['purl.org/rss/1.0/modules/content', 'content'],
  ['www.w3.org/2005/atom', 'atom'],
  ['purl.org/dc/elements/1.1', 'dc'],
  ['search.yahoo.com/mrss', 'media'],
  ['purl.org/syndication/history/1.0', 'fh'],
  ['www.w3.org/xml/1998/namespace', 'xml'],
]);
const PREFIXES = new Set(NAMESPACES.values());

function ourName(prefix: string, local: string, uri: string): string {
  const known = NAMESPACES.get(
    uri
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, ''),
  );
  // Not declared, or at an address that nobody else has: what its prefix says is what was meant.
  const name = known ?? (PREFIXES.has(prefix) ? prefix : prefix === '' || uri === '' ? '' : `?${prefix}`);
  return name === '' ? local : `${name}:${local}`;
}

/** What HTML calls them; feeds are written by programs that write HTML. */
const HTML_ENTITIES: Record<string, string> = {
  ...{ nbsp: '\u00a0', copy: '©', reg: '®', trade: '™', hellip: '…', mdash: '—', ndash: '–', bull: '•' },
  ...{ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', euro: '€', deg: '°' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é' },
  ...{ egrave: 'è', agrave: 'à', ccedil: 'ç', ecirc: 'ê', ntilde: 'ñ', aring: 'å', oslash: 'ø', aelig: 'æ' },
};

const ENTITY = /&(?!(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][\da-z]{0,30});)/gi;

/** `Q & A`, as many write it: to a parser an entity begins there, and ends wherever the next semicolon is. */
function withEscapedAmpersands(text: string): string {
  let escaped = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<![CDATA[', at);
    const end = start === -1 ? -1 : text.indexOf(']]>', start);
    escaped += text.slice(at, end === -1 ? undefined : start).replace(ENTITY, '&amp;');
    if (end === -1) return escaped;
    escaped += text.slice(start, end + 3);
    at = end + 3;
  }
}

/** The root element. Throws FeedError for what has none, and beyond all bounds. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  // Text may come from anywhere; only what saxes itself knows, and these, is replaced.
  Object.assign(parser.ENTITIES, HTML_ENTITIES);
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let isOver = false;
  // Faults of form: whoever wrote it will not mend it, and other readers do without.
  parser.on('error', () => undefined);
  parser.on('opentag', (tag) => {
    if (isOver) return;
    elements += 1;
    if (elements > MOST_ELEMENTS || open.length >= MOST_DEPTH)
      throw new FeedError('The feed is nested deeper, or has more in it, than any feed has.');
    const attributes: Record<string, string> = {};
    for (const { prefix, local, uri, value } of Object.values(tag.attributes))
      attributes[prefix === '' ? local : ourName(prefix, local, uri)] = value;
    const element = { name: ourName(tag.prefix, tag.local, tag.uri), attributes, children: [], text: '' };
    const parent = open.at(-1);
    if (parent === undefined) root ??= element;
    else parent.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
    isOver ||= open.length === 0;
  });
  const addText = (piece: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  // A byte order mark, or an empty line before the declaration, as many blogs have it.
  parser.write(withEscapedAmpersands(text.replace(/^[\s\uFEFF]+/, ''))).close();
  if (root === undefined) throw new FeedError('It is no XML, so it is no feed.');
  return root;
}

export const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child) => child.name === name);

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** The first of these that holds anything but white space, without what surrounds it. */
export function textOf(element: XmlElement, ...names: readonly string[]): string | undefined {
  for (const name of names)
    for (const child of childrenOf(element, name)) {
      const text = child.text.trim();
      if (text !== '') return text;
    }
  return undefined;
}

/** An attribute without white space around it; undefined where there is none, or nothing in it. */
export const attributeOf = (element: XmlElement | undefined, name: string): string | undefined =>
  element?.attributes[name]?.trim() || undefined;

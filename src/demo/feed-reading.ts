/** A feed as an app reads it, by a strict XML parser: what is not well-formed is refused, as directories do. */
import { SaxesParser } from 'saxes';

export interface ReadFile {
  url: string;
  /** Bytes. */
  length: number;
  type: string;
}

export interface ReadItem {
  title: string;
  guid: string;
  link: string;
  pubDate: string;
  /** `itunes:duration`, seconds. */
  durationSeconds: number;
  enclosure: ReadFile | undefined;
  alternates: ReadFile[];
  chaptersUrl: string | undefined;
}

export interface ReadFeed {
  title: string;
  link: string;
  language: string;
  /** `itunes:image`. */
  imageUrl: string;
  items: ReadItem[];
}

const emptyItem = (): ReadItem => ({
  ...{ title: '', guid: '', link: '', pubDate: '', durationSeconds: 0 },
  ...{ enclosure: undefined, alternates: [], chaptersUrl: undefined },
});

const fileOf = ({ url = '', length = '', type = '' }: Record<string, string>): ReadFile => ({
  url,
  length: Number(length),
  type,
});

/** Throws where the document is not well-formed. */
export function readFeed(xml: string): ReadFeed {
  const feed: ReadFeed = { title: '', link: '', language: '', imageUrl: '', items: [] };
  const path: string[] = [];
  let text = '';
  let item: ReadItem | undefined;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    text = '';
    const where = path.slice(2).join('/');
    if (where === 'item') feed.items.push((item = emptyItem()));
    if (where === 'itunes:image') feed.imageUrl = attributes['href'] ?? '';
    if (where === 'item/enclosure') item!.enclosure = fileOf(attributes);
    if (where === 'item/podcast:alternateEnclosure') item!.alternates.push(fileOf(attributes));
    if (where === 'item/podcast:alternateEnclosure/podcast:source')
      item!.alternates.at(-1)!.url ||= attributes['uri'] ?? '';
    if (where === 'item/podcast:chapters') item!.chaptersUrl = attributes['url'];
  });
  parser.on('text', (part) => (text += part));
  parser.on('cdata', (part) => (text += part));
  parser.on('closetag', () => {
    const where = path.slice(2).join('/');
    if (where === 'title' || where === 'link' || where === 'language') feed[where] = text;
    if (where === 'item/title') item!.title = text;
    if (where === 'item/guid') item!.guid = text;
    if (where === 'item/link') item!.link = text;
    if (where === 'item/pubDate') item!.pubDate = text;
    if (where === 'item/itunes:duration') item!.durationSeconds = Number(text);
    path.pop();
    text = '';
  });
  parser.write(xml).close();
  return feed;
}

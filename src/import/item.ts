/** One episode as a feed of another host has it. */
import { type EpisodeFeedInput, episodeFeedSettings } from '../catalog/index.ts';
import type { EpisodeKind } from '../catalog/index.ts';
import { allOf, saidOf, type SaidOptions } from './said.ts';
import { countOf, dateOf, durationUsOf, explicitOf, isYes, momentUsOf, webAddressOf } from './values.ts';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from './xml.ts';

export interface SourceChapter {
  startUs: number;
  title: string;
  url?: string | undefined;
  imageUrl?: string | undefined;
}

export interface SourceFile {
  url: string;
  /** In lower case, without parameters; as the feed says, which need not be true. */
  mimeType: string | undefined;
}

export interface SourceTranscript extends SourceFile {
  language: string | undefined;
}

export interface SourceItem {
  /** As it stands in the feed; what apps take in its place where there is none. */
  guid: string;
  title: string;
  notes: string;
  publishedAt: Date | undefined;
  enclosure: SourceFile & { bytes: number | undefined };
  durationUs: number | undefined;
  kind: EpisodeKind;
  season: number | undefined;
  number: number | undefined;
  imageUrl: string | undefined;
  chaptersUrl: string | undefined;
  /** Podlove's, which stand in the feed itself. */
  chapters: SourceChapter[];
  transcripts: SourceTranscript[];
  feed: EpisodeFeedInput;
}

/** Longer notes are of no use to any app. */
const MOST_NOTES = 100_000;

/** Undefined for an item that nothing can be heard of. */
export function itemOf(item: XmlElement, options: SaidOptions): SourceItem | undefined {
  const { feedUrl } = options;
  const web = (text: string | undefined) => webAddressOf(text, feedUrl);
  const enclosure = enclosureOf(item, feedUrl);
  if (enclosure === undefined) return undefined;
  const guid = textOf(item, 'guid');
  const seasonTag = childOf(item, 'podcast:season');
  const episodeTag = childOf(item, 'podcast:episode');
  const explicit = explicitOf(textOf(item, 'itunes:explicit'));
  const chapters = childOf(item, 'podcast:chapters');
  const alternates = childrenOf(item, 'podcast:alternateEnclosure');
  for (const alternate of alternates)
    if (!isYes(attributeOf(alternate, 'default'))) options.leave('podcast:alternateEnclosure');
  return {
    guid: guid ?? enclosure.url,
    title: textOf(item, 'title', 'itunes:title') ?? 'Untitled episode',
    notes: (textOf(item, 'content:encoded', 'description', 'itunes:summary') ?? '').slice(0, MOST_NOTES),
    publishedAt: dateOf(textOf(item, 'pubDate', 'dc:date', 'atom:published')),
    enclosure,
    durationUs: durationUsOf(textOf(item, 'itunes:duration')),
    kind: kindOf(textOf(item, 'itunes:episodeType')),
    season: countOf(textOf(item, 'itunes:season', 'podcast:season')),
    number: countOf(textOf(item, 'itunes:episode', 'podcast:episode')),
    imageUrl: web(
      attributeOf(childOf(item, 'itunes:image'), 'href') ??
        attributeOf(childOf(item, 'media:thumbnail'), 'url'),
    ),
    chaptersUrl: web(attributeOf(chapters, 'url')),
    chapters: podloveChapters(item, feedUrl),
    transcripts: childrenOf(item, 'podcast:transcript').flatMap((element) => {
      const url = web(attributeOf(element, 'url'));
      const mimeType = plainType(attributeOf(element, 'type'));
      return url === undefined ? [] : [{ url, mimeType, language: attributeOf(element, 'language') }];
    }),
    feed: checked({
      ...saidOf(item, options),
      ...(explicit !== undefined && { explicit }),
      itunesBlock: isYes(textOf(item, 'itunes:block')),
      seasonName: attributeOf(seasonTag, 'name')?.slice(0, 128),
      numberDisplay: attributeOf(episodeTag, 'display')?.slice(0, 32),
      soundbites: allOf(item, 'podcast:soundbite', {
        ...{ schema: soundbite, most: 20, leave: options.leave },
        of: (element) => ({
          startUs: momentUsOf(attributeOf(element, 'startTime')),
          durationUs: momentUsOf(attributeOf(element, 'duration')),
          title: element.text.trim().slice(0, 128) || undefined,
        }),
      }),
      contentLinks: allOf(item, 'podcast:contentLink', {
        ...{ schema: contentLink, most: 10, leave: options.leave },
        of: (element) => ({
          url: web(attributeOf(element, 'href')),
          text: element.text.trim().slice(0, 128) || attributeOf(element, 'href')?.slice(0, 128),
        }),
      }),
    }),
  };
}

const { soundbites, contentLinks } = episodeFeedSettings.shape;
const soundbite = soundbites.unwrap().element;
const contentLink = contentLinks.unwrap().element;

/** Each part has been looked at; should they not fit together, the episode says less of itself and is there. */
function checked(feed: EpisodeFeedInput): EpisodeFeedInput {
  return episodeFeedSettings.safeParse(feed).success ? feed : {};
}

const plainType = (type: string | undefined) => type?.split(';')[0]?.trim().toLowerCase();

/** RSS 2.0 has one; of several the first that can be heard is it. */
function enclosureOf(item: XmlElement, feedUrl: string): SourceItem['enclosure'] | undefined {
  const candidates = [
    ...childrenOf(item, 'enclosure').map((element) => ({ element, length: 'length' })),
    ...childrenOf(item, 'media:content').map((element) => ({ element, length: 'fileSize' })),
  ];
  for (const { element, length } of candidates) {
    const url = webAddressOf(attributeOf(element, 'url'), feedUrl);
    const mimeType = plainType(attributeOf(element, 'type'));
    if (url === undefined || (mimeType !== undefined && /^(image|text)\//.test(mimeType))) continue;
    return { url, mimeType, bytes: countOf(attributeOf(element, length)) };
  }
  return undefined;
}

const kindOf = (text: string | undefined): EpisodeKind =>
  text?.toLowerCase() === 'trailer' ? 'trailer' : text?.toLowerCase() === 'bonus' ? 'bonus' : 'full';

/** podlove.org/simple-chapters, 1.2. */
function podloveChapters(item: XmlElement, feedUrl: string): SourceChapter[] {
  return childrenOf(item, 'psc:chapters').flatMap((list) =>
    childrenOf(list, 'psc:chapter').flatMap((chapter) => {
      const startUs = momentUsOf(attributeOf(chapter, 'start'));
      const title = attributeOf(chapter, 'title');
      if (startUs === undefined || title === undefined) return [];
      const url = webAddressOf(attributeOf(chapter, 'href'), feedUrl);
      return [{ startUs, title, url, imageUrl: webAddressOf(attributeOf(chapter, 'image'), feedUrl) }];
    }),
  );
}

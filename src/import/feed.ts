/** A feed of another host, read into what the catalog can hold. Pure. */
import type { ShowFeedInput } from '../catalog/index.ts';
import { showFeedSettings } from '../catalog/index.ts';
import { itemOf, type SourceItem } from './item.ts';
import { podrollOf, saidOf, type SaidOptions } from './said.ts';
import { explicitOf, isYes, webAddressOf } from './values.ts';
import { attributeOf, childOf, childrenOf, FeedError, parseXml, textOf, type XmlElement } from './xml.ts';

export type { SourceChapter, SourceItem, SourceTranscript } from './item.ts';
export { FeedError } from './xml.ts';

export interface SourceShow {
  title: string;
  description: string;
  author: string | undefined;
  language: string | undefined;
  category: string | undefined;
  subcategory: string | undefined;
  explicit: boolean | undefined;
  imageUrl: string | undefined;
  podcastGuid: string | undefined;
  /** Its owner does not want it to be taken over by whoever comes. */
  isLocked: boolean;
  /** An address that the feed names as its owner's. */
  ownerHint: string | undefined;
  /** Where a token of ownership may stand. */
  verifyTexts: string[];
  feed: ShowFeedInput;
}

export interface SourceFeed {
  show: SourceShow;
  items: SourceItem[];
  /** Items that have nothing to be heard. */
  silentItems: number;
  /** RFC 5005: where there is more of it. */
  morePages: string[];
  /** Where it says that it has moved to. */
  newFeedUrl: string | undefined;
  /** Tags that have no place here, or could not be understood, and how often. */
  left: ReadonlyMap<string, number>;
}

/** Throws FeedError, whose message is a sentence. */
export function readFeed(text: string, feedUrl: string): SourceFeed {
  if (/^\s*<(?:!doctype\s+html|html)[\s>]/i.test(text)) throw new FeedError(IS_A_PAGE);
  const channel = channelOf(parseXml(text));
  const left = new Map<string, number>();
  const options: SaidOptions = {
    feedUrl,
    leave: (tag) => void left.set(tag, (left.get(tag) ?? 0) + 1),
  };
  for (const tag of UNKNOWN_HERE) childrenOf(channel, tag).forEach(() => options.leave(tag));
  const all = childrenOf(channel, 'item');
  const items = all.flatMap((item) => itemOf(item, options) ?? []);
  return {
    show: showOf(channel, options),
    items: uniqueByGuid(items),
    silentItems: all.length - items.length,
    morePages: childrenOf(channel, 'atom:link')
      .filter((link) => /^(next|prev-archive)$/.test(attributeOf(link, 'rel') ?? ''))
      .flatMap((link) => webAddressOf(attributeOf(link, 'href'), feedUrl) ?? []),
    newFeedUrl: webAddressOf(textOf(channel, 'itunes:new-feed-url'), feedUrl),
    left,
  };
}

const IS_A_PAGE = 'It is a web page and no feed. Look on it for a link that says RSS, and give its address.';

/** Podcasting 2.0 has them, and there is no setting for them here. */
const UNKNOWN_HERE = ['podcast:value', 'podcast:liveItem', 'podcast:publisher'];

function channelOf(root: XmlElement): XmlElement {
  const channel = root.name === 'rss' ? childOf(root, 'channel') : undefined;
  if (channel !== undefined) return channel;
  if (root.name === 'html') throw new FeedError(IS_A_PAGE);
  throw new FeedError(
    root.name === 'feed' || root.name === 'atom:feed'
      ? 'It is an Atom feed; podcasts are read as RSS 2.0. Look for the address of its RSS feed.'
      : `It is XML, but no RSS feed: it begins with <${root.name.slice(0, 40)}>.`,
  );
}

/** Apps know an episode by it: of two with one guid they show the newer, which stands first. */
function uniqueByGuid(items: readonly SourceItem[]): SourceItem[] {
  const seen = new Set<string>();
  return items.filter(({ guid }) => !seen.has(guid) && seen.add(guid));
}

function showOf(channel: XmlElement, options: SaidOptions): SourceShow {
  const { feedUrl } = options;
  const [first, ...more] = childrenOf(channel, 'itunes:category').flatMap((element) => {
    const category = attributeOf(element, 'text');
    const subcategory = attributeOf(childOf(element, 'itunes:category'), 'text');
    return category === undefined ? [] : [{ category, ...(subcategory !== undefined && { subcategory }) }];
  });
  const locked = childOf(channel, 'podcast:locked');
  const owner = childOf(channel, 'itunes:owner');
  const description = textOf(channel, 'description', 'itunes:summary', 'itunes:subtitle') ?? '';
  const ownerEmail = owner && textOf(owner, 'itunes:email');
  const said = saidOf(channel, options);
  return {
    title: textOf(channel, 'title') ?? 'Untitled show',
    description: description.slice(0, 10_000),
    author: textOf(channel, 'itunes:author', 'managingEditor', 'dc:creator')?.slice(0, 255),
    language: textOf(channel, 'language', 'dc:language')?.slice(0, 35),
    category: first?.category,
    subcategory: first?.subcategory,
    explicit: explicitOf(textOf(channel, 'itunes:explicit')),
    imageUrl: webAddressOf(
      attributeOf(childOf(channel, 'itunes:image'), 'href') ??
        childrenOf(channel, 'image').flatMap((image) => textOf(image, 'url') ?? [])[0],
      feedUrl,
    ),
    podcastGuid: guidOf(textOf(channel, 'podcast:guid')),
    isLocked: isYes(locked?.text.trim()),
    ownerHint: attributeOf(locked, 'owner') ?? ownerEmail,
    verifyTexts: [
      description,
      ...childrenOf(channel, 'podcast:txt')
        .filter((txt) => attributeOf(txt, 'purpose')?.toLowerCase() === 'verify')
        .map(({ text }) => text),
    ],
    feed: showFeed(channel, { more, said, ownerEmail, owner, options }),
  };
}

const guidOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? text.toLowerCase()
    : undefined;

interface ShowParts {
  more: NonNullable<ShowFeedInput['moreCategories']>;
  said: ReturnType<typeof saidOf>;
  owner: XmlElement | undefined;
  ownerEmail: string | undefined;
  options: SaidOptions;
}

/** Proofs for other hosts, hubs, and where the feed has moved to are the former host's business. */
function showFeed(channel: XmlElement, { more, said, owner, ownerEmail, options }: ShowParts): ShowFeedInput {
  const frequency = childOf(channel, 'podcast:updateFrequency');
  const parts: Record<string, unknown> = {
    ...said,
    txts: said.txts?.filter(({ purpose }) => purpose?.toLowerCase() !== 'verify'),
    type: textOf(channel, 'itunes:type')?.toLowerCase(),
    ownerName: owner && textOf(owner, 'itunes:name')?.slice(0, 255),
    ownerEmail,
    copyright: textOf(channel, 'copyright')?.slice(0, 255),
    moreCategories: more.slice(0, 4),
    medium: textOf(channel, 'podcast:medium')?.toLowerCase(),
    updateFrequency: frequency && {
      text: frequency.text.trim().slice(0, 128),
      rrule: attributeOf(frequency, 'rrule'),
      dtstart: attributeOf(frequency, 'dtstart'),
      complete: isYes(attributeOf(frequency, 'complete')),
    },
    podroll: podrollOf(channel, options).slice(0, 50),
    blocks: childrenOf(channel, 'podcast:block').map((block) => ({
      platform: attributeOf(block, 'id'),
      blocked: isYes(block.text.trim()),
    })),
    itunesBlock: isYes(textOf(channel, 'itunes:block')),
    complete: isYes(textOf(channel, 'itunes:complete')),
  };
  // One by one: what does not fit is left out, and takes nothing with it.
  const feed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined) continue;
    if (showFeedSettings.safeParse({ [name]: value }).success) feed[name] = value;
    else options.leave(name);
  }
  return feed;
}

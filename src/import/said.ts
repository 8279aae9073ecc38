/**
 * What shows and episodes say alike in the Podcasting 2.0 namespace, into the settings that the catalog has for it. What does not
 * fit there is left out and named: nobody is kept from moving by a tag.
 */
import type { z } from 'zod';
import {
  chat,
  funding,
  image,
  license,
  location,
  person,
  remoteItem,
  socialInteract,
  txt,
} from '../catalog/feed-parts.ts';
import type { EpisodeFeedInput } from '../catalog/index.ts';
import { webAddressOf } from './values.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml.ts';

/** Told the tag that could not be taken over. */
export type Leaving = (tag: string) => void;

export interface SaidOptions {
  /** Of the feed, for addresses relative to it. */
  feedUrl: string;
  leave: Leaving;
}

/** All of a kind that the catalog takes, up to as many as it takes. */
export function allOf<T extends z.ZodType>(
  parent: XmlElement,
  name: string,
  {
    schema,
    most,
    of,
    leave,
  }: { schema: T; most: number; of: (element: XmlElement) => unknown; leave: Leaving },
): z.output<T>[] {
  const taken: z.output<T>[] = [];
  for (const element of childrenOf(parent, name)) {
    const parsed = schema.safeParse(of(element));
    if (parsed.success && taken.length < most) taken.push(parsed.data);
    else leave(name);
  }
  return taken;
}

const attribute = attributeOf;
const textIn = ({ text }: XmlElement) => text.trim();

export type Said = Pick<
  EpisodeFeedInput,
  'persons' | 'license' | 'locations' | 'funding' | 'chat' | 'socialInteract' | 'txts' | 'images'
>;

export function saidOf(parent: XmlElement, { feedUrl, leave }: SaidOptions): Said {
  const web = (text: string | undefined) => webAddressOf(text, feedUrl);
  const [licensed] = allOf(parent, 'podcast:license', {
    ...{ schema: license, most: 1, leave },
    of: (element) => ({ name: textIn(element), url: web(attribute(element, 'url')) }),
  });
  const [chatted] = allOf(parent, 'podcast:chat', {
    ...{ schema: chat, most: 1, leave },
    of: (element) => ({
      ...{ server: attribute(element, 'server'), protocol: attribute(element, 'protocol') },
      ...{ accountId: attribute(element, 'accountId'), space: attribute(element, 'space') },
    }),
  });
  return {
    persons: allOf(parent, 'podcast:person', {
      ...{ schema: person, most: 50, leave },
      of: (element) => ({
        name: textIn(element),
        ...{ role: attribute(element, 'role'), group: attribute(element, 'group') },
        ...{ imageUrl: web(attribute(element, 'img')), url: web(attribute(element, 'href')) },
      }),
    }),
    ...(licensed && { license: licensed }),
    locations: allOf(parent, 'podcast:location', {
      ...{ schema: location, most: 10, leave },
      of: (element) => ({
        name: textIn(element),
        ...{ rel: attribute(element, 'rel'), country: attribute(element, 'country') },
        ...{ geo: attribute(element, 'geo'), osm: attribute(element, 'osm') },
      }),
    }),
    funding: allOf(parent, 'podcast:funding', {
      ...{ schema: funding, most: 10, leave },
      of: (element) => ({ url: web(attribute(element, 'url')), text: textIn(element) || 'Support the show' }),
    }),
    ...(chatted && { chat: chatted }),
    socialInteract: allOf(parent, 'podcast:socialInteract', {
      ...{ schema: socialInteract, most: 10, leave },
      of: (element) =>
        attribute(element, 'protocol') === 'disabled'
          ? { protocol: 'disabled' }
          : {
              ...{ protocol: attribute(element, 'protocol'), uri: attribute(element, 'uri') },
              accountId: attribute(element, 'accountId'),
              accountUrl: web(attribute(element, 'accountUrl')),
              priority: numberOf(attribute(element, 'priority')),
            },
    }),
    txts: allOf(parent, 'podcast:txt', {
      ...{ schema: txt, most: 20, leave },
      of: (element) => ({ purpose: attribute(element, 'purpose'), text: textIn(element) }),
    }),
    images: allOf(parent, 'podcast:image', {
      ...{ schema: image, most: 20, leave },
      of: (element) => ({
        ...{ url: web(attribute(element, 'href')), alt: attribute(element, 'alt') },
        ...{ aspectRatio: attribute(element, 'aspect-ratio'), mimeType: attribute(element, 'type') },
        widthPixels: numberOf(attribute(element, 'width')),
        heightPixels: numberOf(attribute(element, 'height')),
        purpose: attribute(element, 'purpose'),
      }),
    }),
  };
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

export const podrollOf = (parent: XmlElement, { feedUrl, leave }: SaidOptions) =>
  childrenOf(parent, 'podcast:podroll').flatMap((podroll) =>
    allOf(podroll, 'podcast:remoteItem', {
      ...{ schema: remoteItem, most: 50, leave },
      of: (element) => ({
        feedGuid: attribute(element, 'feedGuid'),
        feedUrl: webAddressOf(attribute(element, 'feedUrl'), feedUrl),
        ...{ itemGuid: attribute(element, 'itemGuid'), medium: attribute(element, 'medium') },
        title: attribute(element, 'title'),
      }),
    }),
  );

/**
 * What shows and episodes may both say in a feed, in the words and limits of the Podcasting 2.0 namespace
 * (github.com/Podcastindex-org/podcast-namespace; the files named below). Counts are our own bounds: the documents have none.
 */
import { z } from 'zod';
import { storable } from './handle.ts';

/** One value: what PostgreSQL can store, without white space around it, and there at all. */
export const text = (maxCharacters: number) =>
  z.string().overwrite(storable).trim().min(1).max(maxCharacters);

/** PSP-1: values have 255 characters unless stated. */
export const VALUE_CHARACTERS = 255;
const NAME_CHARACTERS = 128;
const TXT_CHARACTERS = 4000;
const ADDRESS_CHARACTERS = 2000;

export const webAddress = z.url({ protocol: /^https?$/ }).max(ADDRESS_CHARACTERS);
export const feedGuid = z.guid();

/** docs/tags/funding.md. What the link is called is required there. */
export const funding = z.strictObject({ url: webAddress, text: text(NAME_CHARACTERS) });
export type FundingSetting = z.infer<typeof funding>;

/** docs/tags/person.md. Without a role a host, without a group of the cast; both from taxonomy.json, in any case. */
export const person = z.strictObject({
  name: text(NAME_CHARACTERS),
  role: text(NAME_CHARACTERS).optional(),
  group: text(NAME_CHARACTERS).optional(),
  imageUrl: webAddress.optional(),
  url: webAddress.optional(),
});
export type PersonSetting = z.infer<typeof person>;

/** docs/examples/license/licenses.json. */
export const KNOWN_LICENSES = ['ARR', 'CC-BY-4.0', 'CC-BY-NC-4.0', 'CC-BY-NC-ND-4.0', 'POD-V4V-1.0'] as const;

/** docs/tags/license.md. */
export const license = z
  .strictObject({ name: text(NAME_CHARACTERS), url: webAddress.optional() })
  .refine(
    ({ name, url }) =>
      url !== undefined || KNOWN_LICENSES.some((known) => known.toLowerCase() === name.toLowerCase()),
    {
      path: ['url'],
      error: `a license other than ${KNOWN_LICENSES.join(', ')} needs the address of its text`,
    },
  );
export type LicenseSetting = z.infer<typeof license>;

/** docs/tags/location.md, and for the forms of its attributes docs/examples/location/location.md. */
export const location = z.strictObject({
  name: text(NAME_CHARACTERS),
  /** What it is about (what the document takes when nothing is said), or where it was made (what most mean). */
  rel: z.enum(['subject', 'creator']).default('creator'),
  /** RFC 5870. */
  geo: z
    .string()
    .max(NAME_CHARACTERS)
    .regex(/^geo:-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?(,-?\d+(\.\d+)?)?(;[\w.=-]+)*$/)
    .optional(),
  /** Node, way or relation of OpenStreetMap, its number, and a revision of it. */
  osm: z
    .string()
    .max(NAME_CHARACTERS)
    .regex(/^[NWR]\d+(#\d+)?$/)
    .optional(),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});
export type LocationSetting = z.infer<typeof location>;

/** docs/tags/social-interact.md; the protocols of socialprotocols.txt, of which `disabled` stands alone. */
export const socialInteract = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.literal('disabled') }),
  z.strictObject({
    protocol: z.enum(['activitypub', 'twitter', 'lightning', 'atproto', 'hive', 'matrix', 'nostr']),
    /** Of the first post; not every network has web addresses. */
    uri: z.url({ protocol: /^(https?|at|nostr|matrix|lightning|hive)$/ }).max(ADDRESS_CHARACTERS),
    accountId: text(NAME_CHARACTERS).optional(),
    accountUrl: webAddress.optional(),
    /** The lowest goes first. */
    priority: z.int().min(0).max(1000).optional(),
  }),
]);
export type SocialInteractSetting = z.infer<typeof socialInteract>;

/** docs/tags/chat.md; the protocols of docs/chatprotocols.txt. Discord is none of them. */
export const chat = z.strictObject({
  server: z.hostname().max(VALUE_CHARACTERS),
  protocol: z.enum(['irc', 'xmpp', 'nostr', 'matrix']),
  accountId: text(NAME_CHARACTERS).optional(),
  space: text(NAME_CHARACTERS).optional(),
});
export type ChatSetting = z.infer<typeof chat>;

/** docs/tags/txt.md. `verify` claims a feed without an e-mail address, `ai-content` is `true` or `false`. */
export const txt = z
  .strictObject({ purpose: text(NAME_CHARACTERS).optional(), text: text(TXT_CHARACTERS) })
  .refine((said) => said.purpose !== 'ai-content' || said.text === 'true' || said.text === 'false', {
    path: ['text'],
    error: 'ai-content is true or false',
  });
export type TxtSetting = z.infer<typeof txt>;

/** docs/tags/image.md. Square when no ratio is given. */
export const image = z.strictObject({
  url: webAddress,
  alt: text(VALUE_CHARACTERS).optional(),
  aspectRatio: z
    .string()
    .regex(/^[1-9]\d{0,3}\/[1-9]\d{0,3}$/)
    .optional(),
  widthPixels: z.int().min(1).max(20_000).optional(),
  heightPixels: z.int().min(1).max(20_000).optional(),
  mimeType: z
    .string()
    .max(NAME_CHARACTERS)
    .regex(/^(image|video)\/[\w.+-]+$/)
    .optional(),
  /** Tokens between spaces, as `artwork social`. */
  purpose: text(NAME_CHARACTERS).optional(),
});
export type ImageSetting = z.infer<typeof image>;

/** docs/tags/remote-item.md. */
export const remoteItem = z.strictObject({
  feedGuid,
  feedUrl: webAddress.optional(),
  itemGuid: text(VALUE_CHARACTERS).optional(),
  medium: text(NAME_CHARACTERS).optional(),
  title: text(VALUE_CHARACTERS).optional(),
});
export type RemoteItemSetting = z.infer<typeof remoteItem>;

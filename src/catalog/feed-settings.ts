/**
 * What a host may say in a feed beyond a show's and an episode's own columns: one JSON value each. Both are whole when
 * nothing was ever said (`parse({})`), so that a setting added later needs no migration.
 */
import { z } from 'zod';
import {
  chat,
  feedGuid,
  funding,
  image,
  license,
  location,
  person,
  remoteItem,
  socialInteract,
  text,
  txt,
  VALUE_CHARACTERS,
  webAddress,
} from './feed-parts.ts';

export type * from './feed-parts.ts';

const upTo = <T extends z.ZodType>(count: number, of: T) => z.array(of).max(count).default([]);

/**
 * docs/tags/update-frequency.md of the Podcasting 2.0 namespace: a rule of RFC 5545, section 3.3.10, which needs its start
 * when it counts.
 */
const updateFrequency = z
  .strictObject({
    text: text(128),
    rrule: z
      .string()
      .max(VALUE_CHARACTERS)
      .regex(/^FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[\w,:.+-]+)*$/)
      .optional(),
    dtstart: z.union([z.iso.datetime({ offset: true }), z.iso.date()]).optional(),
    complete: z.boolean().default(false),
  })
  .refine(({ rrule, dtstart }) => dtstart !== undefined || rrule?.includes(';COUNT=') !== true, {
    path: ['dtstart'],
    error: 'a rule with COUNT needs the day it starts',
  });

/** docs/tags/block.md: without a platform (a word of serviceslugs.txt) it is about all of them. */
const block = z.strictObject({
  platform: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .optional(),
  blocked: z.boolean(),
});

export const showFeedSettings = z.strictObject({
  /** Serial shows are heard from the first episode on, and number their episodes (Apple, PSP-1). */
  type: z.enum(['episodic', 'serial']).default('episodic'),
  /** Stand in public where set: some directories prove ownership by a mail to it, and others mail it too. */
  ownerName: text(VALUE_CHARACTERS).optional(),
  ownerEmail: z.email().max(VALUE_CHARACTERS).optional(),
  /** PSP-1: the holder only, without the word, the sign or a year. */
  copyright: text(VALUE_CHARACTERS).optional(),
  /** Beyond the show's own, in order of priority. Apple regards the first alone. */
  moreCategories: upTo(
    4,
    z.strictObject({ category: text(VALUE_CHARACTERS), subcategory: text(VALUE_CHARACTERS).optional() }),
  ),
  funding: upTo(10, funding),
  /** The regulars. An episode that names anybody names all of its own: item replaces channel (docs/tags/person.md). */
  persons: upTo(50, person),
  license: license.optional(),
  locations: upTo(10, location),
  /** docs/tags/medium.md, without the mediums of feeds that hold no episodes. */
  medium: z
    .enum(['podcast', 'music', 'video', 'film', 'audiobook', 'newsletter', 'blog', 'course'])
    .default('podcast'),
  updateFrequency: updateFrequency.optional(),
  podroll: upTo(50, remoteItem),
  /** docs/tags/publisher.md: the feed of a publisher who answers for several shows. */
  publisher: z.strictObject({ feedGuid, feedUrl: webAddress.optional() }).optional(),
  txts: upTo(20, txt),
  /** What Apple gives out to prove ownership. */
  applePodcastsVerify: text(VALUE_CHARACTERS).optional(),
  blocks: upTo(100, block),
  /** Keeps the whole show out of Apple's directory. */
  itunesBlock: z.boolean().default(false),
  /** There will be no more episodes. */
  complete: z.boolean().default(false),
  images: upTo(20, image),
  chat: chat.optional(),
  socialInteract: upTo(10, socialInteract),
  /** Tells the world of changes over the podping network. Nothing is sent unless this is set. */
  usesPodping: z.boolean().default(false),
  /** docs/tags/locked.md: other hosts refuse to import the feed. */
  locked: z.boolean().default(true),
  /** WebSub hubs that are told of changes. */
  hubUrls: upTo(5, webAddress),
  /** So many of the newest stand in the main feed; older ones in its archive (RFC 5005). */
  pagedAfter: z.int().min(10).max(10_000).default(300),
  /** Where the feed has moved to. */
  newFeedUrl: webAddress.optional(),
  /** Leads public downloads through the open statistics of op3.dev. */
  op3: z.boolean().default(false),
});
/** As it is used: what was not said has its default. */
export type ShowFeedSettings = z.infer<typeof showFeedSettings>;
/** As it is written: all parts may be missing. */
export type ShowFeedInput = z.input<typeof showFeedSettings>;

const momentUs = z.int().nonnegative();

export const episodeFeedSettings = z.strictObject({
  /** docs/tags/season.md: what its season is called. */
  seasonName: text(128).optional(),
  /** docs/tags/episode.md: shown in place of its number. */
  numberDisplay: text(32).optional(),
  /** docs/tags/soundbite.md, on the clock of the episode. A title may be missing. */
  soundbites: upTo(
    20,
    z.strictObject({
      startUs: momentUs,
      durationUs: momentUs.min(1),
      title: text(128).optional(),
    }),
  ),
  /** Everybody of this episode, the show's regulars too; none for the show's. */
  persons: upTo(100, person),
  license: license.optional(),
  locations: upTo(10, location),
  funding: upTo(10, funding),
  chat: chat.optional(),
  socialInteract: upTo(10, socialInteract),
  txts: upTo(20, txt),
  images: upTo(20, image),
  /** The show's when missing. */
  explicit: z.boolean().optional(),
  /** Keeps this episode out of Apple's directory. */
  itunesBlock: z.boolean().default(false),
  /** docs/tags/content-link.md: the same episode elsewhere, as on a video site. */
  contentLinks: upTo(10, z.strictObject({ url: webAddress, text: text(128) })),
});
export type EpisodeFeedSettings = z.infer<typeof episodeFeedSettings>;
export type EpisodeFeedInput = z.input<typeof episodeFeedSettings>;

export const DEFAULT_SHOW_FEED: ShowFeedSettings = showFeedSettings.parse({});
export const DEFAULT_EPISODE_FEED: EpisodeFeedSettings = episodeFeedSettings.parse({});

/** What PSP-1 and Apple require and recommend of a show. */
import { cleanLine } from '../xml.ts';
import type { FeedShow } from '../model.ts';
import { isVisible, MAX_DESCRIPTION_BYTES, notesToHtml } from '../notes.ts';
import { isLoopback, webAddress } from './addresses.ts';
import { categoryFault } from './apple-categories.ts';
import type { Rule } from './finding.ts';
import {
  APPLE_METADATA,
  APPLE_REQUIREMENTS,
  APPLE_RSS,
  podcasting20,
  PSP_1,
  W3C_VALIDATOR,
} from './sources.ts';

const MAX_VALUE_CHARACTERS = 255;
/** The W3C validator's limit; some readers have the same. */
const MANY_FEED_BYTES = 5 * 1024 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** ISO 639 with what BCP 47 puts after it. */
function languageOf(tag: string): string | undefined {
  try {
    const { language } = new Intl.Locale(tag);
    return languageNames.of(language) === undefined ? undefined : language;
  } catch {
    return undefined;
  }
}

export const SHOW_RULES: Rule<FeedShow>[] = [
  {
    ...{ id: 'show-title', severity: 'blocks', source: PSP_1 },
    check: ({ title }) =>
      cleanLine(title) === '' ? { what: 'The show has no title.', remedy: 'Give it one.' } : undefined,
  },
  {
    ...{ id: 'show-title-length', severity: 'warns', source: PSP_1 },
    check: ({ title }) =>
      Array.from(title).length > MAX_VALUE_CHARACTERS
        ? {
            what: `The title has more than ${MAX_VALUE_CHARACTERS} characters, and is cut in the feed.`,
            remedy: 'Shorten it; what else there is to say goes into the description.',
          }
        : undefined,
  },
  {
    ...{ id: 'show-description', severity: 'blocks', source: PSP_1 },
    check: ({ description }) =>
      isVisible(notesToHtml(description))
        ? undefined
        : { what: 'The show has no description.', remedy: 'Say in a sentence what it is about.' },
  },
  {
    ...{ id: 'show-description-length', severity: 'warns', source: PSP_1 },
    check: ({ description }) =>
      Buffer.byteLength(description) > MAX_DESCRIPTION_BYTES
        ? {
            what: `The description has more than ${MAX_DESCRIPTION_BYTES} bytes, and is cut in the feed.`,
            remedy: 'Shorten it.',
          }
        : undefined,
  },
  {
    ...{ id: 'show-description-repeats', severity: 'warns', source: APPLE_METADATA },
    check: ({ title, description }) =>
      cleanLine(title) !== '' && cleanLine(title) === cleanLine(description)
        ? { what: 'The description only repeats the title.', remedy: 'Say in a sentence what it is about.' }
        : undefined,
  },
  {
    ...{ id: 'show-addresses', severity: 'blocks', source: PSP_1 },
    check: ({ feedUrl, pageUrl }) =>
      [feedUrl, pageUrl]
        .filter((url) => webAddress(url) === undefined)
        .map((url) => ({
          what: `"${url}" is no web address.`,
          remedy: 'Set the address of this installation.',
        })),
  },
  {
    ...{ id: 'https', severity: 'warns', source: PSP_1 },
    check(_show, { baseUrl }) {
      const base = webAddress(baseUrl);
      if (base?.protocol === 'https:' && !isLoopback(base)) return undefined;
      return {
        what:
          base !== undefined && isLoopback(base)
            ? `Only this machine reaches ${baseUrl}: no app and no directory can read the feed.`
            : `${baseUrl} is not https: Apple and many apps refuse it.`,
        remedy: 'Set BASE_URL to the https address that the world has for this installation.',
      };
    },
  },
  {
    ...{ id: 'show-language', severity: 'blocks', source: APPLE_RSS },
    check: ({ language }) =>
      languageOf(language) === undefined
        ? {
            what: `"${language}" is no language.`,
            remedy: 'Give its code of ISO 639, as en, de-ch or pt-br.',
          }
        : undefined,
  },
  {
    ...{ id: 'show-language-code', severity: 'warns', source: APPLE_RSS },
    check({ language }) {
      const code = languageOf(language);
      return code === undefined || code.length === 2
        ? undefined
        : {
            what: `Apple takes languages of two letters, and "${code}" has three.`,
            remedy: 'Take the closest that has two, if there is one.',
          };
    },
  },
  {
    ...{ id: 'show-category', severity: 'blocks', source: APPLE_RSS },
    check: ({ category, subcategory }) => categoryFault(category, subcategory),
  },
  {
    ...{ id: 'more-categories', severity: 'warns', source: APPLE_RSS },
    check: ({ moreCategories = [] }) =>
      moreCategories.flatMap(({ category, subcategory }) => categoryFault(category, subcategory) ?? []),
  },
  {
    ...{ id: 'show-author', severity: 'warns', source: PSP_1 },
    check: ({ author }) =>
      cleanLine(author) === ''
        ? { what: 'The show has no author.', remedy: 'Name who makes it: a person, a group, a company.' }
        : undefined,
  },
  {
    ...{ id: 'show-art', severity: 'blocks', source: PSP_1 },
    check: ({ imageUrl }) =>
      webAddress(imageUrl) === undefined
        ? { what: 'The show has no art.', remedy: 'Upload a square JPEG or PNG of 1400 to 3000 pixels.' }
        : undefined,
  },
  {
    ...{ id: 'podcast-guid', severity: 'warns', source: podcasting20('guid') },
    check: ({ podcastGuid }) =>
      UUID.test(podcastGuid)
        ? undefined
        : {
            what: `"${podcastGuid}" is no UUID of version 5.`,
            remedy: 'Keep it if the show came with it: it never changes.',
          },
  },
  {
    ...{ id: 'show-without-episodes', severity: 'warns', source: APPLE_REQUIREMENTS },
    check: ({ items }) =>
      items.length === 0
        ? { what: 'The feed has no episode.', remedy: 'Publish one before you submit the show anywhere.' }
        : undefined,
  },
  {
    ...{ id: 'feed-size', severity: 'warns', source: W3C_VALIDATOR },
    check: (_show, { feedBytes = 0 }) =>
      feedBytes > MANY_FEED_BYTES
        ? {
            what: `The feed has ${(feedBytes / 1e6).toFixed(1)} MB; some readers take no more than 5.`,
            remedy: 'Keep fewer episodes in the main feed (`pagedAfter`): the others move to its archive.',
          }
        : undefined,
  },
];

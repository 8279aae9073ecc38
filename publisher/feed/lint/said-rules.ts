/** What a host said of a show beyond what is required. */
import type { FeedShow } from '../model.ts';
import { webAddress } from './addresses.ts';
import type { Rule } from './finding.ts';
import { personFaults, priorityFault } from './people.ts';
import { APPLE_RSS, podcasting20, PSP_1 } from './sources.ts';
import { LICENSES, PLATFORMS } from './word-lists.ts';

export const SAID_RULES: Rule<FeedShow>[] = [
  {
    ...{ id: 'copyright-wording', severity: 'warns', source: PSP_1 },
    check: ({ copyright }) =>
      copyright !== undefined && /©|\(c\)|copyright|\b(19|20)\d\d\b/i.test(copyright)
        ? {
            what: `"${copyright}" says more than who holds the copyright.`,
            remedy: 'Leave out the word, the sign and the year.',
          }
        : undefined,
  },
  {
    ...{ id: 'show-persons', severity: 'warns', source: podcasting20('person') },
    check: ({ persons }) => personFaults(persons ?? []),
  },
  {
    ...{ id: 'show-social-priority', severity: 'warns', source: podcasting20('social-interact') },
    check: ({ socialInteract }) => priorityFault(socialInteract ?? []),
  },
  {
    ...{ id: 'show-license', severity: 'warns', source: podcasting20('license') },
    check: ({ license }) => licenseFault(license),
  },
  {
    ...{ id: 'block-platform', severity: 'warns', source: podcasting20('block') },
    check: ({ blocks = [] }) =>
      blocks.flatMap(({ platform }) =>
        platform === undefined || PLATFORMS.has(platform)
          ? []
          : {
              what: `"${platform}" is no platform that a block can name.`,
              remedy: 'Take its word from serviceslugs.txt of the namespace.',
            },
      ),
  },
  {
    ...{ id: 'hidden-from-apple', severity: 'warns', source: APPLE_RSS },
    check: ({ itunesBlock }) =>
      itunesBlock === true
        ? { what: 'The show is kept out of Apple Podcasts.', remedy: 'Lift the block if that is not meant.' }
        : undefined,
  },
  {
    ...{ id: 'complete-twice', severity: 'warns', source: podcasting20('update-frequency') },
    check: ({ complete = false, updateFrequency }) =>
      updateFrequency !== undefined && updateFrequency.complete !== complete
        ? {
            what: 'The show and its update frequency disagree whether more episodes will come.',
            remedy: 'Set `complete` in both, or in none.',
          }
        : undefined,
  },
  {
    ...{ id: 'podroll-self', severity: 'warns', source: podcasting20('podroll') },
    check: ({ podroll = [], podcastGuid }) =>
      podroll.some(({ feedGuid }) => feedGuid.toLowerCase() === podcastGuid.toLowerCase())
        ? { what: 'The show recommends itself.', remedy: 'Take it out of its own podroll.' }
        : undefined,
  },
  {
    ...{ id: 'new-feed-url', severity: 'warns', source: APPLE_RSS },
    check: ({ newFeedUrl }) =>
      newFeedUrl !== undefined && webAddress(newFeedUrl)?.protocol !== 'https:'
        ? {
            what: `The show moves to "${newFeedUrl}", which is not https.`,
            remedy: 'Move it to an https address.',
          }
        : undefined,
  },
];

/** The catalog refuses it; feeds of others bring it. */
export function licenseFault(license: { name: string; url?: string | undefined } | undefined) {
  return license === undefined || license.url !== undefined || LICENSES.has(license.name.toLowerCase())
    ? undefined
    : {
        what: `"${license.name}" is no license that everybody knows, and has no address.`,
        remedy: 'Give the address of its text.',
      };
}

/** The feed of a show at the host that it moves to, held against what is here. Pure. */
import { type PublishableEpisode, type Show, showFeedSettings } from '../catalog/index.ts';
import type { WholeFeed } from '../import/index.ts';

const MOST_NAMED = 20;

/** What listeners would lose or meet twice; empty when the feeds are of one show. */
export function differencesOf(
  show: Pick<Show, 'podcast_guid' | 'title' | 'feed'>,
  episodes: readonly Pick<PublishableEpisode, 'guid' | 'title'>[],
  { show: theirs, items, url }: Pick<WholeFeed, 'show' | 'items' | 'url'>,
): string[] {
  const guids = new Set(items.map(({ guid }) => guid));
  const missing = episodes.filter(({ guid }) => !guids.has(guid));
  const { newFeedUrl } = showFeedSettings.parse(show.feed);
  return [
    ...(url.startsWith('https:') || newFeedUrl === url
      ? []
      : [`${url} is not served by https, which Apple and others ask for.`]),
    ...identityFault(show.podcast_guid, theirs.podcastGuid),
    ...(missing.length === 0
      ? []
      : [
          `${missing.length} of ${episodes.length} episodes are not in the new feed, or have other guids there: apps would show them as new, or not at all.`,
          ...missing.slice(0, MOST_NAMED).map(({ title, guid }) => `  - “${title}”, guid ${guid}`),
          ...(missing.length > MOST_NAMED ? [`  - and ${missing.length - MOST_NAMED} more`] : []),
        ]),
  ];
}

/** RFC 9562, section 4: a UUID is the same in capitals. */
function identityFault(ours: string, theirs: string | undefined): string[] {
  if (theirs === undefined)
    return [
      `The new feed has no podcast:guid. It should have this one, by which directories know the show: ${ours}`,
    ];
  return theirs.toLowerCase() === ours.toLowerCase()
    ? []
    : [
        `The new feed has another podcast:guid (${theirs}): directories would take it for another show. It should be ${ours}`,
      ];
}

/** How many of its files are ours still: below any of our addresses. */
export function stillFetchedHere(
  { items }: Pick<WholeFeed, 'items'>,
  ours: readonly (string | undefined)[],
): number {
  const hosts = new Set(ours.flatMap((address) => URL.parse(address ?? '')?.host ?? []));
  return items.filter(({ enclosure }) => hosts.has(URL.parse(enclosure.url)?.host ?? '')).length;
}

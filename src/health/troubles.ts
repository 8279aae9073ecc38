/** What is wrong with the feeds of an installation, as sentences for its operator. Pure. */
import type { CurrentTrouble } from '../catalog/index.ts';
import type { LiveFeed } from './live-feed.ts';

export interface ShowHealth {
  slug: string;
  title: string;
  podcastGuid: string;
  feedUrl: string;
  /** Of the catalog, and of the feed that was written last. */
  revision: number;
  writtenRevision: number;
  /** Since when the feed lacks what the catalog has; null where it lacks nothing. */
  behindSince: Date | null;
  /** When the feed in the store was written; undefined where there is none, or the store does not say. */
  writtenAt: Date | undefined;
  movedTo: string | undefined;
  /** Undefined: nobody asked. */
  live: LiveFeed | undefined;
  /** The last of each directory. */
  fetches: readonly { directory: string; at: Date; status: number }[];
}

export interface HealthFacts {
  at: Date;
  /** What keeps the media store from being used, with the remedy. */
  storeFault: string | undefined;
  /** Every show with a public feed. */
  shows: readonly ShowHealth[];
  /** Episodes that wait for publication, by show: since when the first of them does. */
  waiting: readonly { title: string; slug: string; episodes: number; since: Date }[];
  /** Jobs of the last day whose last try has failed. */
  givenUp: readonly { job: string; at: Date; reason: string }[];
}

/** Longer than publishing takes, and than caches hold a feed (five minutes). */
export const LATE_MS = 10 * 60_000;

/** Each stays under its name while it lasts. */
export function troublesOf(facts: HealthFacts): CurrentTrouble[] {
  const { at, storeFault, shows, waiting } = facts;
  const isLate = (since: Date | null | undefined) =>
    since !== null && since !== undefined && at.getTime() - since.getTime() >= LATE_MS;
  return [
    ...(storeFault === undefined ? [] : [{ name: 'store', said: `${storeFault} Publishing waits for it.` }]),
    ...shows.flatMap(({ slug, title, behindSince }) =>
      isLate(behindSince)
        ? [
            {
              name: `behind:${slug}`,
              said: `“${title}”: since ${moment(behindSince!)} the feed lacks what has changed. Is a worker running? Its log says what it waits for.`,
            },
          ]
        : [],
    ),
    ...waiting
      .filter(({ since }) => isLate(since))
      .map(({ slug, title, episodes, since }) => ({
        name: `publishing:${slug}`,
        said: `“${title}”: ${episodes === 1 ? 'an episode waits' : `${episodes} episodes wait`} for publication since ${moment(since)}. Is a worker running? Its log says what it waits for.`,
      })),
    ...shows.flatMap((show) => {
      const said = liveFault(show, isLate(show.writtenAt));
      return said === undefined ? [] : [{ name: `live:${show.slug}`, said: `“${show.title}”: ${said}` }];
    }),
    ...givenUpByJob(facts),
  ];
}

/** Undefined when listeners get what the store has. */
function liveFault(show: ShowHealth, hasSettled: boolean): string | undefined {
  const { live, feedUrl, movedTo, podcastGuid, writtenRevision } = show;
  if (live === undefined) return undefined;
  if (movedTo !== undefined && hasSettled && (live.is !== 'moved' || live.to !== URL.parse(movedTo)?.href))
    return `${feedUrl} should lead to ${movedTo}, and ${live.is === 'moved' ? `leads to ${live.to}` : live.is === 'fault' ? live.why : 'serves the feed itself'}.`;
  switch (live.is) {
    case 'fault':
      return `${feedUrl} ${live.why}. Is the web server running, and BASE_URL the address under which it is reached?`;
    case 'moved':
      return movedTo === undefined ? `${feedUrl} leads to ${live.to}, and should not.` : undefined;
    case 'feed':
      if (live.podcastGuid !== podcastGuid) return `${feedUrl} answers with the feed of another show.`;
      // Just written: caches may have the one before for some minutes.
      return live.revision < writtenRevision && hasSettled
        ? `${feedUrl} answers with revision ${live.revision}, and ${writtenRevision} was written ${moment(show.writtenAt!)}. What stands before the web server holds an old feed, or serves another store.`
        : undefined;
  }
}

/** One trouble a kind of job, however many there are. */
function givenUpByJob({ givenUp }: HealthFacts): CurrentTrouble[] {
  return [...new Set(givenUp.map(({ job }) => job))].map((job) => {
    const all = givenUp.filter((each) => each.job === job);
    const last = all.reduce((latest, each) => (each.at > latest.at ? each : latest));
    const count = all.length === 1 ? `A job “${job}” was` : `${all.length} jobs “${job}” were`;
    return {
      name: `given-up:${job}`,
      said: `${count} given up within a day, the last at ${moment(last.at)}: ${last.reason}`,
    };
  });
}

/** As logs have it, to the minute. */
export const moment = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

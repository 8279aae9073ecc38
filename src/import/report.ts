/** How an import went, for whoever asked for it. Pure. */
import type { KnownEpisode, Show } from '../catalog/index.ts';
import type { WholeFeed } from './fetch-feed.ts';

export interface ReportFacts {
  show: Pick<Show, 'title' | 'slug' | 'podcast_guid'>;
  feed: WholeFeed;
  baseUrl: string;
  /** Episodes by guid before it and after it. */
  before: ReadonlyMap<string, KnownEpisode>;
  after: ReadonlyMap<string, KnownEpisode>;
  failed: readonly { title: string; why: string }[];
  /** What came with less than it had. */
  notes: readonly string[];
  /** What directories may show less of. */
  warnings: readonly string[];
}

/** So many lines of one kind are read; of the others it is enough to know how many. */
const MOST_LINES = 20;

const some = (lines: readonly string[]): string[] =>
  lines.length <= MOST_LINES
    ? [...lines]
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more of the kind`];
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

export function reportOf({
  show,
  feed,
  baseUrl,
  before,
  after,
  failed,
  notes,
  warnings,
}: ReportFacts): string {
  const inFeed = feed.items.filter(({ guid }) => after.has(guid)).length;
  const isNew = feed.items.filter(({ guid }) => after.has(guid) && !before.has(guid)).length;
  const left = [...feed.left].map(([tag, times]) => `${tag} (${times})`);
  return [
    `“${show.title}”: ${count(isNew, 'episode')} came, ${inFeed - isNew} were here before. podcast:guid ${show.podcast_guid}.`,
    `Its feed is here: ${baseUrl}/shows/${show.slug}/feed.xml`,
    ...(failed.length > 0
      ? [
          `${count(failed.length, 'episode')} could not be taken over; the same command tries them again:`,
          ...some(failed.map(({ title, why }) => `  - “${title.slice(0, 80)}”: ${why}.`)),
        ]
      : []),
    ...(feed.silentItems > 0 ? [`${count(feed.silentItems, 'item')} without a file were left out.`] : []),
    ...(feed.isCut
      ? ['The feed goes on beyond what is read of any feed; its oldest episodes are not here.']
      : []),
    ...some([...new Set(notes)]),
    ...(left.length > 0
      ? [`Not taken over, because there is no place for it here: ${left.join(', ')}.`]
      : []),
    ...(warnings.length > 0
      ? ['Directories may show less of it than there is:', ...some(warnings.map((line) => `  - ${line}`))]
      : []),
    `When all is as it should be, let your former host send listeners here: 301 to that feed, and itunes:new-feed-url. Keep both up for at least 4 weeks.`,
  ].join('\n');
}

/** How figures of listeners are read: of a show or one of its episodes, over some days. */
import { sql } from 'kysely';
import { type Db, isId } from './handle.ts';
import type { AudienceDimension } from './schema.ts';

export interface AudienceQuestion {
  /** Days in UTC, `2026-11-22`, both included. */
  from: string;
  to: string;
  /** One episode of the show. */
  episodeId?: string | undefined;
}

export interface Share {
  value: string;
  amount: number;
}

export interface AudienceFigures {
  /** Of these days. */
  downloads: number;
  /** Since counting began. */
  downloadsEver: number;
  /** Days without one are left out. */
  days: { day: string; downloads: number }[];
  /** The most downloaded first. */
  episodes: { episodeId: string; downloads: number }[];
  apps: Share[];
  devices: Share[];
  /** Empty without a database of countries. */
  countries: Share[];
  deliveries: Share[];
  /**
   * Requests that are no download of their own, by reason. `joined`: more of a download that counts already; `partial`: of
   * listeners who have had less than a minute so far. Together with the downloads they are all requests there were.
   */
  filtered: Share[];
}

const NONE: AudienceFigures = {
  ...{ downloads: 0, downloadsEver: 0, days: [], episodes: [] },
  ...{ apps: [], devices: [], countries: [], deliveries: [], filtered: [] },
};

export async function audienceFiguresOf(
  db: Db,
  showId: string,
  { from, to, episodeId }: AudienceQuestion,
): Promise<AudienceFigures> {
  if (!isId(showId) || (episodeId !== undefined && !isId(episodeId))) return NONE;
  const episodes = db
    .selectFrom('episodes')
    .select('episodes.id')
    .where('show_id', '=', showId)
    .$if(episodeId !== undefined, (query) => query.where('episodes.id', '=', episodeId ?? ''));
  const figures = db.selectFrom('audience_figures').where('episode_id', 'in', episodes);
  const within = figures.where('day', '>=', from).where('day', '<=', to);
  const amount = sql<number>`sum(amount)::bigint`.as('amount');

  const shares = await within
    .select(['dimension', 'value', amount])
    .groupBy(['dimension', 'value'])
    .orderBy(sql`sum(amount)`, 'desc')
    .orderBy('value')
    .execute();
  const days = await within
    .where('dimension', '=', 'downloads')
    .select(['day', amount])
    .groupBy('day')
    .orderBy('day')
    .execute();
  const byEpisode = await within
    .where('dimension', '=', 'downloads')
    .select(['episode_id', amount])
    .groupBy('episode_id')
    .orderBy(sql`sum(amount)`, 'desc')
    .orderBy('episode_id')
    .execute();
  const ever = await figures.where('dimension', '=', 'downloads').select(amount).executeTakeFirst();
  const waiting = await db
    .selectFrom('audience_listeners')
    .where('episode_id', 'in', episodes)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .where('counted', '=', false)
    .select(sql<number | null>`sum(requests)::bigint`.as('amount'))
    .executeTakeFirst();

  const of = (dimension: AudienceDimension): Share[] =>
    shares
      .filter((row) => row.dimension === dimension)
      .map(({ value, amount: sum }) => ({ value, amount: sum }));
  return {
    downloads: of('downloads')[0]?.amount ?? 0,
    downloadsEver: ever?.amount ?? 0,
    days: days.map((row) => ({ day: row.day, downloads: row.amount })),
    episodes: byEpisode.map((row) => ({ episodeId: row.episode_id, downloads: row.amount })),
    apps: of('app'),
    devices: of('device'),
    countries: of('country'),
    deliveries: of('delivery'),
    filtered: withWaiting(of('filtered'), waiting?.amount ?? 0),
  };
}

/** Listeners of today may still come to a minute; until then they are partial. */
function withWaiting(filtered: Share[], waiting: number): Share[] {
  if (waiting === 0) return filtered;
  const others = filtered.filter(({ value }) => value !== 'partial');
  const partial = filtered.find(({ value }) => value === 'partial')?.amount ?? 0;
  return [...others, { value: 'partial', amount: partial + waiting }].toSorted((a, b) => b.amount - a.amount);
}

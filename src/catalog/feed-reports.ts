/** What the last writing of a show's feed found: sentences that its hosts can act on. */
import { sql } from 'kysely';
import { type Db, isId, storable } from './handle.ts';

export interface FeedReport {
  /** Of the show, when it was written or refused. */
  revision: number;
  /** How many episodes stand in it; null where it was refused and stands as it was. */
  episodes: number | null;
  /** Why the show, or these episodes, did not go out. */
  refusals: string[];
  /** What some directories or apps show less of, and of how many places that is true. */
  remarks: { text: string; places: number }[];
}

export type DatedFeedReport = FeedReport & { madeAt: Date };

/** Of a show that was removed meanwhile nobody asks any more. */
export async function noteFeedReport(db: Db, showId: string, report: FeedReport): Promise<void> {
  const kept: FeedReport = {
    ...report,
    refusals: report.refusals.map(storable),
    remarks: report.remarks.map(({ text, places }) => ({ text: storable(text), places })),
  };
  await sql`
    INSERT INTO feed_reports (show_id, report)
    SELECT id, ${JSON.stringify(kept)}::jsonb FROM shows WHERE id = ${showId}
    ON CONFLICT (show_id) DO UPDATE SET report = excluded.report, made_at = now()`.execute(db);
}

export async function feedReportOf(
  db: Db,
  guildId: string,
  showId: string,
): Promise<DatedFeedReport | undefined> {
  if (!isId(showId)) return undefined;
  const row = await db
    .selectFrom('feed_reports')
    .innerJoin('shows', 'shows.id', 'feed_reports.show_id')
    .select(['feed_reports.report', 'feed_reports.made_at'])
    .where('shows.id', '=', showId)
    .where('shows.guild_id', '=', guildId)
    .executeTakeFirst();
  return row && { ...row.report, madeAt: row.made_at };
}

/**
 * Downloads of episodes. A listener of a day is a salted hash; what it had of a file is joined here, so that several web
 * servers count one listener once. Only figures outlive the day: each by one property alone, so that no row is one person.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { audienceFiguresOf, type AudienceFigures, type AudienceQuestion } from './audience-reading.ts';
import { atomically, type Db, isId, storable } from './handle.ts';
import type { AudienceDimension, AudienceMedia } from './schema.ts';

/** Requests of one listener for one file, since the last were recorded. */
export interface ListenerRequests {
  /** In UTC, `2026-11-22`: the day in which they began. */
  day: string;
  episodeId: string;
  mediaKey: string;
  /** A hash that only the salt of its day could make again. */
  listener: string;
  requests: number;
  /** Bytes that went out: from, and up to but not including. */
  sent: readonly (readonly [from: number, to: number])[];
  /** Of a listener that is counted, for the figures. */
  app: string;
  device: string;
  /** ISO 3166; undefined where no database says. */
  country: string | undefined;
  delivery: 'stream' | 'redirect';
}

export interface FilteredRequests {
  day: string;
  episodeId: string;
  reason: string;
  requests: number;
}

export interface Audience {
  /** The same for every process, from the first question of a day until `close` has destroyed it. */
  saltOf(day: string): Promise<Uint8Array>;
  /** What of a file counts; undefined when nobody has looked at it yet. */
  media(mediaKey: string): Promise<AudienceMedia | undefined>;
  /** Which episode a file is of, and how long it is, also where newer audio has replaced it; undefined when it is no episode's. */
  fileOf(mediaKey: string): Promise<{ episodeId: string; durationUs: number } | undefined>;
  /** The first to look at a file says what of it counts. */
  rememberMedia(media: AudienceMedia): Promise<void>;
  /**
   * Adds to what listeners had; those who have enough become downloads, each once a day and episode. Days before
   * `openSince` are closed: what still comes for them makes no download any more.
   */
  record(
    told: { listeners: readonly ListenerRequests[]; filtered: readonly FilteredRequests[] },
    openSince: string,
  ): Promise<void>;
  /** Forgets salts of days before `saltsSince`, and the listeners of days before `openSince`: only figures are left of them. */
  close(days: { saltsSince: string; openSince: string }): Promise<void>;
  /** Forgets by which app, from where, on what and how; how many a day stays. */
  thinOut(before: string): Promise<void>;
  ofShow(showId: string, question: AudienceQuestion): Promise<AudienceFigures>;
}

/** Whoever asks more often for one episode in a day is joined no further: the ranges of one row must stay few. */
const MOST_REQUESTS = 5_000;
/** PostgreSQL takes 65,535 parameters in one statement. */
const ROWS_AT_ONCE = 2_000;

export function audienceIn(db: Db): Audience {
  return {
    async saltOf(day) {
      await db
        .insertInto('audience_salts')
        .values({ day, salt: randomBytes(32).toString('base64') })
        .onConflict((conflict) => conflict.column('day').doNothing())
        .execute();
      const { salt } = await db
        .selectFrom('audience_salts')
        .select('salt')
        .where('day', '=', day)
        .executeTakeFirstOrThrow();
      return new Uint8Array(Buffer.from(salt, 'base64'));
    },
    media: (mediaKey) =>
      db.selectFrom('audience_media').selectAll().where('media_key', '=', mediaKey).executeTakeFirst(),
    async fileOf(mediaKey) {
      const live = await db
        .selectFrom('renditions')
        .select(['episode_id as episodeId', 'duration_us as durationUs'])
        .where('media_key', '=', mediaKey)
        .executeTakeFirst();
      if (live !== undefined) return live;
      const retired = await db
        .selectFrom('retired_media')
        .innerJoin('episodes', 'episodes.id', 'retired_media.episode_id')
        .select(['episodes.id as episodeId', 'episodes.duration_us as durationUs'])
        .where('media_key', '=', mediaKey)
        .executeTakeFirst();
      return retired === undefined || retired.durationUs === null
        ? undefined
        : { episodeId: retired.episodeId, durationUs: retired.durationUs };
    },
    async rememberMedia(media) {
      await db
        .insertInto('audience_media')
        .values(media)
        .onConflict((conflict) => conflict.column('media_key').doNothing())
        .execute();
    },
    record: ({ listeners, filtered }, openSince) =>
      atomically(db, async (trx) => {
        const figures = new Figures();
        for (const { day, episodeId, reason, requests } of filtered)
          figures.add(day, episodeId, 'filtered', reason, requests);
        const [open, late] = [
          listeners.filter(({ day }) => day >= openSince),
          listeners.filter(({ day }) => day < openSince),
        ];
        for (const { day, episodeId, requests } of late)
          figures.add(day, episodeId, 'filtered', 'partial', requests);
        for (let at = 0; at < open.length; at += ROWS_AT_ONCE)
          await count(trx, open.slice(at, at + ROWS_AT_ONCE), figures);
        await figures.store(trx);
      }),
    async close({ saltsSince, openSince }) {
      await db.deleteFrom('audience_salts').where('day', '<', saltsSince).execute();
      // One statement: of two processes that close a day only one finds its rows.
      await sql`
        WITH gone AS (
          DELETE FROM audience_listeners WHERE day < ${openSince} RETURNING day, episode_id, requests, counted
        )
        INSERT INTO audience_figures (day, episode_id, dimension, value, amount)
        SELECT day, episode_id, 'filtered', 'partial', sum(requests) FROM gone WHERE NOT counted
        GROUP BY day, episode_id HAVING sum(requests) > 0
        ON CONFLICT (episode_id, day, dimension, value)
        DO UPDATE SET amount = audience_figures.amount + excluded.amount`.execute(db);
    },
    async thinOut(before) {
      await db
        .deleteFrom('audience_figures')
        .where('day', '<', before)
        .where('dimension', 'not in', ['downloads', 'filtered'])
        .execute();
    },
    ofShow: (showId, question) => audienceFiguresOf(db, showId, question),
  };
}

const keyOf = (row: { day: string; episodeId: string; listener: string }) =>
  `${row.day} ${row.episodeId} ${row.listener}`;

/** Every process takes the rows in one order, so that none waits for another in a circle. */
const inOrder = <T>(rows: Iterable<readonly [string, T]>): T[] =>
  [...rows].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);

async function count(trx: Db, told: readonly ListenerRequests[], figures: Figures): Promise<void> {
  const byListener = Map.groupBy(told, keyOf);
  const listeners = inOrder(
    [...byListener].map(([key, [first, ...more]]) => {
      const requests = [first!, ...more].reduce((sum, each) => sum + each.requests, 0);
      return [
        key,
        { day: first!.day, episode_id: first!.episodeId, listener: first!.listener, requests },
      ] as const;
    }),
  );
  if (listeners.length === 0) return;
  const known = await trx
    .insertInto('audience_listeners')
    .values(listeners)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'episode_id', 'listener'])
        .doUpdateSet({ requests: sql<number>`audience_listeners.requests + excluded.requests` }),
    )
    .returning(['day', 'episode_id as episodeId', 'listener', 'requests', 'counted'])
    .execute();
  const waiting = new Map<string, number>();
  for (const row of known)
    if (row.counted) {
      const requests = byListener.get(keyOf(row))!.reduce((sum, each) => sum + each.requests, 0);
      figures.add(row.day, row.episodeId, 'filtered', 'joined', requests);
    } else waiting.set(keyOf(row), row.requests);

  const enough = await haveEnough(
    trx,
    told.filter((each) => each.sent.length > 0 && (waiting.get(keyOf(each)) ?? Infinity) <= MOST_REQUESTS),
  );
  if (enough.size === 0) return;
  const counted = [...enough].map((key) => byListener.get(key)![0]!);
  for (const each of counted) {
    await trx
      .updateTable('audience_listeners')
      .set({ counted: true })
      .where('day', '=', each.day)
      .where('episode_id', '=', each.episodeId)
      .where('listener', '=', each.listener)
      .execute();
    await trx
      .deleteFrom('audience_ranges')
      .where('day', '=', each.day)
      .where('episode_id', '=', each.episodeId)
      .where('listener', '=', each.listener)
      .execute();
    const { day, episodeId } = each;
    figures.add(day, episodeId, 'downloads', '', 1);
    figures.add(day, episodeId, 'app', each.app, 1);
    figures.add(day, episodeId, 'device', each.device, 1);
    if (each.country !== undefined) figures.add(day, episodeId, 'country', each.country, 1);
    figures.add(day, episodeId, 'delivery', each.delivery, 1);
    figures.add(day, episodeId, 'filtered', 'joined', Math.max(0, waiting.get(keyOf(each))! - 1));
  }
}

/** Adds what went out, and answers who has enough of one file by now. */
async function haveEnough(trx: Db, told: readonly ListenerRequests[]): Promise<Set<string>> {
  const rows = inOrder(
    [...Map.groupBy(told, (each) => `${keyOf(each)} ${each.mediaKey}`)].map(([key, same]) => {
      const { day, episodeId, listener, mediaKey } = same[0]!;
      const ranges = same.flatMap(({ sent }) => sent.map(([from, to]) => `[${from},${to})`));
      const sent = sql<string>`${`{${ranges.join(',')}}`}::int8multirange`;
      return [key, { day, episode_id: episodeId, listener, media_key: mediaKey, sent }] as const;
    }),
  );
  if (rows.length === 0) return new Set();
  const after = await trx
    .insertInto('audience_ranges')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'episode_id', 'listener', 'media_key'])
        .doUpdateSet({ sent: sql<string>`audience_ranges.sent + excluded.sent` }),
    )
    .returning(['day', 'episode_id as episodeId', 'listener'])
    .returning(
      sql<boolean>`(
        SELECT coalesce(sum(upper(part) - lower(part)), 0) >= max(media.enough_bytes)
        FROM audience_media AS media
        LEFT JOIN LATERAL unnest(
          audience_ranges.sent * int8multirange(int8range(media.from_byte, NULL))
        ) AS part ON true
        WHERE media.media_key = audience_ranges.media_key
      )`.as('enough'),
    )
    .execute();
  return new Set(after.filter(({ enough }) => enough).map(keyOf));
}

/** Sums, added to those that stand in one statement. */
class Figures {
  readonly #sums = new Map<string, FigureRow>();

  add(day: string, episodeId: string, dimension: AudienceDimension, value: string, amount: number): void {
    if (amount === 0) return;
    const row = { day, episode_id: episodeId, dimension, value: storable(value).slice(0, 200), amount };
    const key = JSON.stringify([episodeId, day, dimension, row.value]);
    const before = this.#sums.get(key);
    this.#sums.set(key, before === undefined ? row : { ...row, amount: before.amount + amount });
  }

  async store(trx: Db): Promise<void> {
    const rows = inOrder(this.#sums);
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await trx
        .insertInto('audience_figures')
        .values(rows.slice(at, at + ROWS_AT_ONCE).filter((row) => isId(row.episode_id)))
        .onConflict((conflict) =>
          conflict
            .columns(['episode_id', 'day', 'dimension', 'value'])
            .doUpdateSet({ amount: sql<number>`audience_figures.amount + excluded.amount` }),
        )
        .execute();
  }
}

interface FigureRow {
  day: string;
  episode_id: string;
  dimension: AudienceDimension;
  value: string;
  amount: number;
}

/** How feeds are doing: who fetched them last, and what is wrong with them until somebody was told that it is over. */
import { sql } from 'kysely';
import { atomically, type Db, storable } from './handle.ts';
import type { DirectoryFetch, Trouble } from './schema.ts';

export interface CurrentTrouble {
  /** Stays the same while it lasts. */
  name: string;
  said: string;
}

/** What nobody has been told yet. */
export type TroubleNews = Pick<Trouble, 'name' | 'said' | 'since'> & { isOver: boolean };

/** Episodes of a show that wait for publication, and since when the first of them does. */
export interface WaitingEpisodes {
  slug: string;
  title: string;
  episodes: number;
  since: Date;
}

export interface FeedHealth {
  /** One row a show and directory; of a show that is gone nothing is noted. */
  noteFetch(fetched: { showSlug: string; directory: string; at: Date; status: number }): Promise<void>;
  /** The latest of every directory, by show. */
  fetches(): Promise<DirectoryFetch[]>;
  /** All that is wrong at present, in place of what was before: what is not named any more is over. */
  setTroubles(troubles: readonly CurrentTrouble[]): Promise<void>;
  /** What is wrong at present. */
  troubles(): Promise<Trouble[]>;
  /** Each trouble once when it begins, and once more when it is over. What is answered counts as told. */
  takeNews(): Promise<TroubleNews[]>;
  /** What was taken and could not be told is news once more, unless it has changed meanwhile. */
  putBack(news: readonly TroubleNews[]): Promise<void>;
  /** By show: what is on its way into a feed at this moment, and what was planned for a moment before it. */
  waiting(now: Date): Promise<WaitingEpisodes[]>;
}

export const feedHealthIn = (db: Db): FeedHealth => ({
  async noteFetch({ showSlug, directory, at, status }) {
    await db
      .insertInto('directory_fetches')
      .columns(['show_id', 'directory', 'fetched_at', 'status'])
      .expression(
        db
          .selectFrom('shows')
          .select((row) => [
            'shows.id',
            row.val(directory).as('directory'),
            sql<Date>`${at.toISOString()}::timestamptz`.as('fetched_at'),
            sql<number>`${status}::integer`.as('status'),
          ])
          .where('slug', '=', showSlug),
      )
      .onConflict((conflict) =>
        conflict.columns(['show_id', 'directory']).doUpdateSet({ fetched_at: at, status }),
      )
      .execute();
  },
  fetches: () =>
    db.selectFrom('directory_fetches').selectAll().orderBy('show_id').orderBy('directory').execute(),
  setTroubles: (current) =>
    atomically(db, async (trx) => {
      const names = current.map(({ name }) => name);
      await trx
        .updateTable('troubles')
        .set({ over_at: new Date() })
        .where('over_at', 'is', null)
        .$if(names.length > 0, (query) => query.where('name', 'not in', names))
        .execute();
      // Over before anybody was told: there is nothing to tell.
      await trx
        .deleteFrom('troubles')
        .where('over_at', 'is not', null)
        .where('told_at', 'is', null)
        .execute();
      for (const { name, said } of current)
        await trx
          .insertInto('troubles')
          // To the millisecond: `putBack` compares it after it has been a Date, and a server's clock knows microseconds.
          .values({ name, said: storable(said), since: new Date() })
          // It came back before anybody was told that it was over: it never was.
          .onConflict((conflict) =>
            conflict.column('name').doUpdateSet({ said: storable(said), over_at: null }),
          )
          .execute();
    }),
  troubles: () =>
    db
      .selectFrom('troubles')
      .selectAll()
      .where('over_at', 'is', null)
      .orderBy('since')
      .orderBy('name')
      .execute(),
  takeNews: () =>
    atomically(db, async (trx) => {
      const begun = await trx
        .updateTable('troubles')
        .set({ told_at: new Date() })
        .where('told_at', 'is', null)
        .where('over_at', 'is', null)
        .returning(['name', 'said', 'since'])
        .execute();
      const over = await trx
        .deleteFrom('troubles')
        .where('over_at', 'is not', null)
        .returning(['name', 'said', 'since'])
        .execute();
      return [
        ...begun.map((trouble) => ({ ...trouble, isOver: false })),
        ...over.map((trouble) => ({ ...trouble, isOver: true })),
      ];
    }),
  putBack: (news) =>
    atomically(db, async (trx) => {
      for (const { name, said, since, isOver } of news)
        if (isOver)
          await trx
            .insertInto('troubles')
            .values({ name, said, since, told_at: since, over_at: new Date() })
            // It has begun anew: who heard of its beginning need not hear of an end.
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ told_at: since }))
            .execute();
        else
          await trx
            .updateTable('troubles')
            .set({ told_at: null })
            .where('name', '=', name)
            .where('since', '=', since)
            .where('over_at', 'is', null)
            .execute();
      // Over before anybody heard that it had begun.
      const begun = news.filter(({ isOver }) => !isOver).map(({ name }) => name);
      if (begun.length > 0)
        await trx
          .deleteFrom('troubles')
          .where('name', 'in', begun)
          .where('over_at', 'is not', null)
          .execute();
    }),
  waiting: async (now) => {
    const at = sql<Date>`coalesce(episodes.publishing_at, episodes.publish_at)`;
    const rows = await db
      .selectFrom('episodes')
      .innerJoin('shows', 'shows.id', 'episodes.show_id')
      .select((row) => [
        'shows.slug',
        'shows.title',
        row.fn.countAll<string>().as('episodes'),
        row.fn.min<Date>(at).as('since'),
      ])
      .where((row) =>
        row.or([
          row('episodes.state', '=', 'publishing'),
          row.and([row('episodes.state', '=', 'ready'), row('episodes.publish_at', '<=', now)]),
        ]),
      )
      .groupBy('shows.id')
      .orderBy('shows.slug')
      .execute();
    return rows.map(({ episodes, ...show }) => ({ ...show, episodes: Number(episodes) }));
  },
});

/** How episodes are read: always with their renditions, the MP3 first, and their transcript. */
import { type ExpressionBuilder, sql } from 'kysely';
import type { EpisodeWithRenditions, PublishableEpisode } from './episodes.ts';
import { type Db, isId } from './handle.ts';
import type { Episode, Rendition, Schema, Transcript } from './schema.ts';

/** The ids of a server's shows, to scope a member's question by. */
export const showsOf = (db: Db, guildId: string) =>
  db.selectFrom('shows').select('shows.id').where('guild_id', '=', guildId);

/** With `guildId` only that server's; with `lock` the row is held until the transaction ends. */
export async function findEpisode(
  db: Db,
  episodeId: string,
  { guildId, lock = false }: { guildId?: string | undefined; lock?: boolean } = {},
): Promise<EpisodeWithRenditions | undefined> {
  if (!isId(episodeId)) return undefined;
  const episode = await db
    .selectFrom('episodes')
    .selectAll()
    .where('id', '=', episodeId)
    .$if(guildId !== undefined, (query) => query.where('show_id', 'in', showsOf(db, guildId ?? '')))
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  if (episode === undefined) return undefined;
  const [whole] = await withRenditions(db, [episode]);
  return whole;
}

type Rows = ExpressionBuilder<Schema, 'episodes'>;

/** Published or about to be. One that is mastered anew goes on as it was; of an erased speaker nothing is left to go on. */
const inFeed = (row: Rows) =>
  row.or([
    row('state', 'in', ['publishing', 'published']),
    row.and([
      row('state', '=', 'mastering'),
      row('published_at', 'is not', null),
      row('withdrawn_at', 'is', null),
      row('duration_us', 'is not', null),
    ]),
  ]);

/** What a show's feed has carried and does not carry now. */
export async function listRetracted(db: Db, showId: string): Promise<Pick<Episode, 'id' | 'slug'>[]> {
  if (!isId(showId)) return [];
  return db
    .selectFrom('episodes')
    .select(['id', 'slug'])
    .where('show_id', '=', showId)
    .where('published_at', 'is not', null)
    .where((row) => row.not(inFeed(row)))
    .orderBy('id')
    .execute();
}

/** What a show's feed carries, the newest first. */
export async function listPublishable(db: Db, showId: string): Promise<PublishableEpisode[]> {
  if (!isId(showId)) return [];
  const episodes = await db
    .selectFrom('episodes')
    .selectAll()
    .select(sql<Date>`coalesce(published_at, publishing_at)`.as('published_at'))
    .where('show_id', '=', showId)
    .where(inFeed)
    .orderBy(sql`coalesce(published_at, publishing_at)`, 'desc')
    .orderBy('id')
    .execute();
  return withRenditions(db, episodes);
}

async function withRenditions<E extends Pick<Episode, 'id'>>(
  db: Db,
  episodes: E[],
): Promise<(E & { renditions: Rendition[]; transcript?: Transcript })[]> {
  if (episodes.length === 0) return [];
  const ids = episodes.map((episode) => episode.id);
  const renditions = await db
    .selectFrom('renditions')
    .selectAll()
    .where('episode_id', 'in', ids)
    // The MP3 first: every player knows it.
    .orderBy('kind', 'desc')
    .execute();
  const byEpisode = Map.groupBy(renditions, (rendition) => rendition.episode_id);
  const transcripts = await db.selectFrom('transcripts').selectAll().where('episode_id', 'in', ids).execute();
  const transcriptOf = new Map(transcripts.map((transcript) => [transcript.episode_id, transcript]));
  return episodes.map((episode) => {
    const transcript = transcriptOf.get(episode.id);
    return {
      ...episode,
      renditions: byEpisode.get(episode.id) ?? [],
      ...(transcript === undefined ? {} : { transcript }),
    };
  });
}

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
    row('episodes.state', 'in', ['publishing', 'published']),
    row.and([
      row('episodes.state', '=', 'mastering'),
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

const dated = sql<Date>`coalesce(published_at, publishing_at)`;

/**
 * Episodes as they were read before, by id: who hands them in again is spared the reading of all that stayed as it was, and
 * gets those as the very same objects, which nobody may change.
 */
export type EpisodesRead = Map<string, { version: string; episode: PublishableEpisode }>;

/** What a show's feed carries, the newest first. `read` takes in what is read now. */
export async function listPublishable(
  db: Db,
  showId: string,
  read?: EpisodesRead,
): Promise<PublishableEpisode[]> {
  if (!isId(showId)) return [];
  if (read === undefined) return readPublishable(db, showId);
  // Versions first: what changes between the two questions has another version the next time, and is read again.
  const versions = await versionsIn(db, showId);
  const changed = versions.filter(([id, version]) => read.get(id)?.version !== version).map(([id]) => id);
  const ids = changed.length === versions.length ? undefined : changed;
  const found = changed.length === 0 ? [] : await readPublishable(db, showId, ids);
  const fresh = new Map(found.map((episode) => [episode.id, episode]));
  const known = versions.flatMap(([id, version]) => {
    const episode = fresh.get(id) ?? (read.get(id)?.version === version ? read.get(id)?.episode : undefined);
    return episode === undefined ? [] : [{ version, episode }];
  });
  read.clear();
  for (const each of known) read.set(each.episode.id, each);
  return known.map(({ episode }) => episode);
}

async function readPublishable(
  db: Db,
  showId: string,
  ids?: readonly string[],
): Promise<PublishableEpisode[]> {
  const episodes = await db
    .selectFrom('episodes')
    .selectAll()
    .select(dated.as('published_at'))
    .where('show_id', '=', showId)
    .where(inFeed)
    .$if(ids !== undefined, (query) => query.where('id', 'in', ids ?? []))
    .orderBy(dated, 'desc')
    .orderBy('id')
    .execute();
  return withRenditions(db, episodes);
}

/**
 * The episodes of a show's feed in their order, each with what names its rows as they stand, those of its files and its
 * transcript included: the transaction that wrote a row, and where it put it (PostgreSQL, 5.6 "System Columns"). One text,
 * because thousands of rows cost the embedded engine three times as much.
 */
async function versionsIn(db: Db, showId: string): Promise<[id: string, version: string][]> {
  const files = db
    .selectFrom('renditions')
    .select(['episode_id', sql<string>`string_agg(xmin::text || ctid, '' ORDER BY id)`.as('version')])
    .groupBy('episode_id')
    .as('files');
  const version = sql`episodes.xmin::text || episodes.ctid || coalesce(files.version, '')
    || coalesce('t' || transcripts.xmin::text || transcripts.ctid, '')`;
  const row = await db
    .selectFrom('episodes')
    .leftJoin(files, 'files.episode_id', 'episodes.id')
    .leftJoin('transcripts', 'transcripts.episode_id', 'episodes.id')
    .select(
      sql<
        string | null
      >`string_agg(episodes.id || ' ' || ${version}, E'\n' ORDER BY ${dated} DESC, episodes.id)`.as(
        'versions',
      ),
    )
    .where('show_id', '=', showId)
    .where(inFeed)
    .executeTakeFirst();
  const lines = row?.versions?.split('\n') ?? [];
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
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

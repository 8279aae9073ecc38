/**
 * Feeds of other hosts that are taken over. running -> done, failed, or unproven while a locked feed waits for its owner. An
 * episode comes in ready and stays out of the feed until all of its feed is there; what is there once is never changed.
 */
import { randomBytes } from 'node:crypto';
import { NotInCatalogError } from './errors.ts';
import { notifyIn } from './events.ts';
import { type EpisodeFeedInput, episodeFeedSettings } from './feed-settings.ts';
import { atomically, type Db, isId, newId, storable } from './handle.ts';
import type { MasteredRendition } from './episodes.ts';
import type { EpisodeChapter, EpisodeKind, Import, ImportState } from './schema.ts';
import { firstFree, slugify } from './slug.ts';
import { type TranscriptFiles, transcriptsIn } from './transcripts.ts';

export interface NewImport {
  guildId: string;
  feedUrl: string;
  /** What the show is to be called in addresses. */
  showSlug?: string | undefined;
  /** Hosts of a private network that may be asked all the same, as `host:port`. */
  allowHosts?: readonly string[];
}

/** An item of a feed whose files stand in the media store. */
export interface ImportedEpisode {
  id: string;
  guid: string;
  title: string;
  notes: string;
  kind: EpisodeKind;
  season: number | null;
  number: number | null;
  feed: EpisodeFeedInput;
  coverKey: string | null;
  chapters: EpisodeChapter[];
  rendition: MasteredRendition;
  transcript?: { files: TranscriptFiles; language?: string | undefined; cues: number } | undefined;
}

/** An episode of a show as an import finds it. */
export interface KnownEpisode {
  episodeId: string;
  /** Came in, and has not been in the feed: an import before this one was cut short. */
  isWaiting: boolean;
  /** On its way into the feed. */
  isPublishing: boolean;
}

export interface Imports {
  /** The same feed into the same server is the same import, asked for again. Put its `import` job into the queue in the same transaction. */
  request(wanted: NewImport): Promise<Import>;
  byId(importId: string): Promise<Import | undefined>;
  /** The show that it fills. */
  setShow(importId: string, showId: string): Promise<void>;
  /** A locked feed was shown to be theirs, once for all. */
  markProven(importId: string): Promise<void>;
  /** `said` is a sentence for the person who asked. */
  end(importId: string, state: Exclude<ImportState, 'running'>, said: string): Promise<void>;
  /** Episodes of a show by guid. */
  known(showId: string): Promise<ReadonlyMap<string, KnownEpisode>>;
  /** Undefined when the show has the guid already. Throws ZodError for a setting with a fault. */
  addEpisode(showId: string, episode: ImportedEpisode): Promise<string | undefined>;
}

export function importsIn(db: Db): Imports {
  const byId: Imports['byId'] = async (importId) =>
    isId(importId)
      ? db.selectFrom('imports').selectAll().where('id', '=', importId).executeTakeFirst()
      : undefined;
  const change = async (importId: string, columns: Partial<Pick<Import, 'show_id' | 'proven_at'>>) => {
    await db
      .updateTable('imports')
      .set({ ...columns, updated_at: new Date() })
      .where('id', '=', importId)
      .execute();
  };
  return {
    request: ({ guildId, feedUrl, showSlug, allowHosts = [] }) =>
      atomically(db, async (trx) => {
        const guild = await trx
          .selectFrom('guilds')
          .select('id')
          .where('id', '=', guildId)
          .executeTakeFirst();
        if (guild === undefined) throw new NotInCatalogError('server');
        const asked = {
          state: 'running',
          said: null,
          show_slug: showSlug ?? null,
          allow_hosts: JSON.stringify(allowHosts),
          updated_at: new Date(),
        } as const;
        return trx
          .insertInto('imports')
          .values({ id: newId(), guild_id: guildId, feed_url: feedUrl, ...asked })
          .onConflict((conflict) => conflict.columns(['guild_id', 'feed_url']).doUpdateSet(asked))
          .returningAll()
          .executeTakeFirstOrThrow();
      }),
    byId,
    setShow: (importId, showId) => change(importId, { show_id: showId }),
    markProven: (importId) => change(importId, { proven_at: new Date() }),
    end: (importId, state, said) =>
      atomically(db, async (trx) => {
        const { guild_id: guildId } = await trx
          .updateTable('imports')
          .set({ state, said: storable(said), updated_at: new Date() })
          .where('id', '=', importId)
          .returning('guild_id')
          .executeTakeFirstOrThrow();
        await notifyIn(trx, { type: 'import', guildId, importId, state });
      }),
    known: async (showId) => {
      const rows = await db
        .selectFrom('episodes')
        .select(['id', 'guid', 'state', 'session_id', 'published_at', 'publish_at'])
        .where('show_id', '=', showId)
        .execute();
      return new Map(
        rows.map(({ id, guid, state, session_id, published_at, publish_at }) => [
          guid,
          {
            episodeId: id,
            isWaiting:
              session_id === null && state === 'ready' && published_at === null && publish_at === null,
            isPublishing: session_id === null && state === 'publishing',
          },
        ]),
      );
    },
    addEpisode: (showId, episode) => atomically(db, (trx) => add(trx, showId, episode)),
  };
}

async function add(
  trx: Db,
  showId: string,
  { coverKey, rendition, transcript, feed, chapters, ...episode }: ImportedEpisode,
): Promise<string | undefined> {
  const title = storable(episode.title).trim() || 'Untitled episode';
  const slug = slugify(title, `episode-${randomBytes(3).toString('hex')}`);
  for (;;) {
    const twin = await trx
      .selectFrom('episodes')
      .select('id')
      .where('show_id', '=', showId)
      .where('guid', '=', episode.guid)
      .executeTakeFirst();
    if (twin !== undefined) return undefined;
    const taken = await trx
      .selectFrom('episodes')
      .select('slug')
      .where('show_id', '=', showId)
      .where((row) => row.or([row('slug', '=', slug), row('slug', 'like', `${slug}-%`)]))
      .execute();
    const made = await trx
      .insertInto('episodes')
      .values({
        ...episode,
        title,
        notes: storable(episode.notes),
        show_id: showId,
        slug: firstFree(slug, new Set(taken.map((row) => row.slug))),
        state: 'ready',
        duration_us: Math.round(rendition.durationUs),
        cover_key: coverKey,
        chapters: JSON.stringify(chapters),
        feed: JSON.stringify(episodeFeedSettings.parse(feed)),
      })
      // Another process may take slug or guid between the question and the answer.
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made === undefined) continue;
    const { id, kind, mediaKey, bytes, mimeType, sha256, durationUs } = rendition;
    await trx
      .insertInto('renditions')
      .values({
        ...{ id, episode_id: made.id, kind, media_key: mediaKey, bytes, mime_type: mimeType, sha256 },
        duration_us: Math.round(durationUs),
      })
      .execute();
    if (transcript !== undefined) await transcriptsIn(trx).record(made.id, { state: 'ready', ...transcript });
    return made.id;
  }
}

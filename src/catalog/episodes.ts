/**
 * Episodes and their renditions. mastering -> ready -> publishing -> published; `failed` says why in `failure` and can be
 * tried again. A published episode whose publication fails stays published: the feed never loses an item to a fault.
 */
import { randomBytes } from 'node:crypto';
import { changesFeed, type EpisodeStep, isOut, isRecorded, nextEpisode, standingOf } from './episode-life.ts';
import {
  type EpisodesRead,
  findEpisode,
  listPublishable,
  listRetracted,
  showsOf,
} from './episode-reading.ts';
import { NotInCatalogError, StateError } from './errors.ts';
import { type EpisodeFeedInput, episodeFeedSettings } from './feed-settings.ts';
import { notifyIn } from './events.ts';
import { atomically, type Db, isId, newId, storable } from './handle.ts';
import type {
  Episode,
  EpisodeChapter,
  EpisodeState,
  KeptPiece,
  Rendition,
  RenditionKind,
  Session,
  Transcript,
} from './schema.ts';
import { raiseRevision } from './revision.ts';
import { REPLACED_STAYS_MS, retiredMediaIn } from './retired-media.ts';
import { firstFree, isSlug, slugify } from './slug.ts';

export type EpisodeWithRenditions = Episode & {
  renditions: Rendition[];
  /** Left out until its making was asked for. */
  transcript?: Transcript | undefined;
};

/** An episode that belongs in the feed: `published_at` is set, also while it is published for the first time or mastered anew. */
export type PublishableEpisode = Omit<EpisodeWithRenditions, 'published_at'> & { published_at: Date };

/** An episode of a session here, and not of another host's. */
export type RecordedEpisode = Episode & { session_id: string };

/** What a host says of an episode. */
export interface EpisodeFields extends Pick<
  Episode,
  'title' | 'notes' | 'kind' | 'season' | 'number' | 'visibility'
> {
  /** In place of all that was said before. */
  feed: EpisodeFeedInput;
}

export interface MasteredRendition {
  id: string;
  kind: RenditionKind;
  mediaKey: string;
  bytes: number;
  mimeType: string;
  sha256: string;
  durationUs: number;
}

export interface MasteredEpisode {
  durationUs: number;
  integratedLufs: number | null;
  truePeakDbtp: number | null;
  chapters: EpisodeChapter[];
  pieces?: KeptPiece[];
  renditions: MasteredRendition[];
}

export interface Episodes {
  /** A new episode of a session, in state `mastering`; put its `master` job into the queue in the same transaction. */
  createForSession(
    session: Pick<Session, 'id' | 'show_id' | 'title'>,
    fields?: { title?: string; notes?: string },
  ): Promise<RecordedEpisode>;
  /** For workers and public pages, which serve every server. */
  byId(episodeId: string): Promise<EpisodeWithRenditions | undefined>;
  bySlug(showId: string, slug: string): Promise<EpisodeWithRenditions | undefined>;
  /** What a show's feed carries, the newest first; what stands in `read` as it is now is not read again. */
  publishable(showId: string, read?: EpisodesRead): Promise<PublishableEpisode[]>;
  /** What a show's feed has carried and does not carry now: withdrawn, or waiting to be made without an erased speaker. */
  retracted(showId: string): Promise<Pick<Episode, 'id' | 'slug'>[]>;
  /** A member's question: undefined when the episode is another server's. */
  ofGuild(guildId: string, episodeId: string): Promise<EpisodeWithRenditions | undefined>;
  /** A server's episodes, the newest first; 25 by default, as many as Discord's autocomplete shows, and with null all. */
  listFor(
    guildId: string,
    options?: {
      showId?: string;
      sessionId?: string;
      states?: readonly EpisodeState[];
      limit?: number | null;
    },
  ): Promise<Episode[]>;
  /** Mastering is done: takes in its figures and its renditions in place of any before. Throws StateError. */
  markReady(episodeId: string, mastered: MasteredEpisode): Promise<EpisodeWithRenditions>;
  /**
   * Mastering starts again; put its `master` job into the queue in the same transaction. What was published before stays in
   * the feed until the new one is there. `edit` takes the place of the one before; null is none. Throws NotInCatalogError, or StateError when it is being mastered or published,
   * or was imported.
   */
  remaster(guildId: string, episodeId: string, edit?: object | null): Promise<RecordedEpisode>;
  /**
   * The session has changed under it (a speaker was erased): what was made of it before must not be heard any more. Its
   * renditions are forgotten and it waits for mastering; put its `take-down` and its `master` job into the queue in the same
   * transaction. Answers the keys of the media store of all that was forgotten.
   */
  redo(episodeId: string): Promise<string[]>;
  /**
   * A host asks for publication (or for publishing again): state `publishing`; put its `publish` job into the queue in the
   * same transaction. `at` becomes its pubDate when it is published for the first time; now, if left out. Throws
   * NotInCatalogError, or StateError when there is nothing mastered or it is under way.
   */
  publish(guildId: string, episodeId: string, at?: Date): Promise<Episode>;
  /**
   * To be published by itself at a moment to come, or not any more (null). Throws NotInCatalogError, or StateError when there
   * is nothing mastered, or it is in the feed already.
   */
  schedule(guildId: string, episodeId: string, at: Date | null): Promise<Episode>;
  /** Episodes whose moment has come, the earliest first: also what was missed while nothing of ours ran. */
  due(now: Date): Promise<{ id: string; guildId: string; publishAt: Date }[]>;
  /**
   * Out of the feed and off the pages. Its guid and `published_at` stay, should it be published again. Throws NotInCatalogError, or StateError when it is not published.
   */
  withdraw(guildId: string, episodeId: string): Promise<Episode>;
  /**
   * Out of the feed and off the pages for good: its files are forgotten, its guid stays. Put its `take-down` job into the queue
   * in the same transaction. Answers the keys of the media store of all that was forgotten; done again, it has none. Throws NotInCatalogError.
   */
  takeDown(guildId: string, episodeId: string): Promise<string[]>;
  /** Changes what feed and pages say of it, in whatever state it is. Throws NotInCatalogError, and ZodError for a setting with a fault. */
  describe(guildId: string, episodeId: string, fields: Partial<EpisodeFields>): Promise<Episode>;
  /** The feed carries it. `published_at` stays what it was the first time; unless it is for members, the show is public from now on. */
  markPublished(episodeId: string): Promise<Episode>;
  /** The work that the state names came to nothing; `failure` is a sentence a person can act on. */
  markFailed(episodeId: string, failure: string): Promise<Episode>;
  /** What is wrong with a published episode, for its hosts; null when nothing is. Throws StateError. */
  noteFault(episodeId: string, failure: string | null): Promise<Episode>;
}

export function episodesIn(db: Db): Episodes {
  return {
    createForSession: (session, fields = {}) => atomically(db, (trx) => create(trx, session, fields)),
    byId: (episodeId) => findEpisode(db, episodeId),
    bySlug: async (showId, slug) => {
      if (!isId(showId) || !isSlug(slug)) return undefined;
      const row = await db
        .selectFrom('episodes')
        .select('id')
        .where('show_id', '=', showId)
        .where('slug', '=', slug)
        .executeTakeFirst();
      return row === undefined ? undefined : findEpisode(db, row.id);
    },
    publishable: (showId, read) => listPublishable(db, showId, read),
    retracted: (showId) => listRetracted(db, showId),
    ofGuild: (guildId, episodeId) => findEpisode(db, episodeId, { guildId }),
    listFor: async (guildId, { showId, sessionId, states, limit = 25 } = {}) => {
      if ((showId !== undefined && !isId(showId)) || (sessionId !== undefined && !isId(sessionId))) return [];
      return db
        .selectFrom('episodes')
        .selectAll()
        .where('show_id', 'in', showsOf(db, guildId))
        .$if(showId !== undefined, (query) => query.where('show_id', '=', showId ?? ''))
        .$if(sessionId !== undefined, (query) => query.where('session_id', '=', sessionId ?? ''))
        .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .$if(limit !== null, (query) => query.limit(limit ?? 0))
        .execute();
    },
    markReady: (episodeId, { renditions, ...mastered }) =>
      atomically(db, async (trx) => {
        const former = await findEpisode(trx, episodeId, { lock: true });
        const episode = await take(trx, episodeId, { type: 'ready', mastered });
        await retireReplaced(trx, former, new Set(renditions.map(({ mediaKey }) => mediaKey)));
        await forgetMade(trx, episodeId);
        const rows = renditions.map(({ id, kind, mediaKey, bytes, mimeType, sha256, durationUs }) => ({
          id,
          episode_id: episodeId,
          kind,
          media_key: mediaKey,
          bytes,
          mime_type: mimeType,
          sha256,
          duration_us: Math.round(durationUs),
        }));
        return {
          ...episode,
          renditions: await trx.insertInto('renditions').values(rows).returningAll().execute(),
        };
      }),
    remaster: async (guildId, episodeId, edit) =>
      // The step lets no other through.
      (await take(db, episodeId, { type: 'remaster', edit }, guildId)) as RecordedEpisode,
    redo: (episodeId) =>
      atomically(db, async (trx) => {
        const former = await findEpisode(trx, episodeId, { lock: true });
        await take(trx, episodeId, { type: 'redo' });
        return forgetAll(trx, episodeId, former);
      }),
    publish: (guildId, episodeId, at = new Date()) => take(db, episodeId, { type: 'publish', at }, guildId),
    schedule: (guildId, episodeId, at) => take(db, episodeId, { type: 'schedule', at }, guildId),
    due: async (now) => {
      const rows = await db
        .selectFrom('episodes')
        .innerJoin('shows', 'shows.id', 'episodes.show_id')
        .select(['episodes.id', 'shows.guild_id', 'episodes.publish_at'])
        .where('episodes.state', '=', 'ready')
        .where('episodes.publish_at', '<=', now)
        .orderBy('episodes.publish_at')
        .orderBy('episodes.id')
        .execute();
      return rows.map(({ id, guild_id, publish_at }) => ({ id, guildId: guild_id, publishAt: publish_at! }));
    },
    withdraw: (guildId, episodeId) => take(db, episodeId, { type: 'withdraw', at: new Date() }, guildId),
    takeDown: (guildId, episodeId) =>
      atomically(db, async (trx) => {
        const former = await findEpisode(trx, episodeId, { guildId, lock: true });
        if (former === undefined) throw new NotInCatalogError('episode');
        const step = { type: 'take-down', at: new Date(), said: takenDown(former) } as const;
        await take(trx, episodeId, step, guildId);
        await trx
          .updateTable('episodes')
          .set({ chapters: '[]', cover_key: null })
          .where('id', '=', episodeId)
          .execute();
        const pictures = [former.cover_key, ...former.chapters.map(({ imageKey }) => imageKey)];
        const keys = [...(await forgetAll(trx, episodeId, former)), ...pictures.flatMap((key) => key ?? [])];
        const inUse = await picturesInUse(trx, former.show_id);
        return keys.filter((key) => !inUse.has(key));
      }),
    describe: (guildId, episodeId, fields) =>
      atomically(db, async (trx) => {
        const before = await findEpisode(trx, episodeId, { guildId, lock: true });
        if (before === undefined) throw new NotInCatalogError('episode');
        const { title, notes, feed, ...columns } = fields;
        const after = await trx
          .updateTable('episodes')
          .set({
            ...columns,
            title: title === undefined ? undefined : storable(title).trim() || before.title,
            notes: notes === undefined ? undefined : storable(notes),
            feed: feed && JSON.stringify(episodeFeedSettings.parse(feed)),
          })
          .where('id', '=', episodeId)
          .returningAll()
          .executeTakeFirstOrThrow();
        if (isOut(after)) await openShow(trx, after);
        // A draft stands in no feed yet.
        if (after.state === 'publishing' || isOut(after)) await raiseRevision(trx, after.show_id);
        await tell(trx, after);
        return after;
      }),
    markPublished: (episodeId) =>
      atomically(db, async (trx) => {
        const episode = await take(trx, episodeId, { type: 'published' });
        await openShow(trx, episode);
        return episode;
      }),
    noteFault: (episodeId, failure) =>
      take(db, episodeId, { type: 'fault', failure: failure === null ? null : storable(failure) }),
    markFailed: (episodeId, failure) => take(db, episodeId, { type: 'failed', failure: storable(failure) }),
  };
}

/** A show is public once anything of it is for everybody. */
async function openShow(trx: Db, { show_id: showId, visibility, published_at }: Episode): Promise<void> {
  if (visibility === 'members') return;
  await trx
    .updateTable('shows')
    .set({ published_at: published_at ?? new Date() })
    .where('id', '=', showId)
    .where('published_at', 'is', null)
    .execute();
}

/** Apps that know the former feed go on fetching what it named; whatever is in use again is no leftover. */
async function retireReplaced(
  trx: Db,
  former: EpisodeWithRenditions | undefined,
  inUse: ReadonlySet<string>,
): Promise<void> {
  const retired = retiredMediaIn(trx);
  await retired.forget([...inUse]);
  if (former === undefined || !isOut(former)) return;
  const replaced = former.renditions.map(({ media_key }) => media_key).filter((key) => !inUse.has(key));
  await retired.retire(former.id, replaced, new Date(Date.now() + REPLACED_STAYS_MS));
}

/** Everything that listeners could fetch of it; answers the keys. */
async function forgetAll(
  trx: Db,
  episodeId: string,
  former: EpisodeWithRenditions | undefined,
): Promise<string[]> {
  await forgetMade(trx, episodeId);
  const { vtt_key, srt_key, json_key } = former?.transcript ?? {};
  const audioKeys = (former?.renditions ?? []).map(({ media_key }) => media_key);
  const replaced = await retiredMediaIn(trx).of(episodeId);
  await retiredMediaIn(trx).forget(replaced);
  return [...audioKeys, ...replaced, vtt_key, srt_key, json_key].flatMap((key) => key ?? []);
}

const takenDown = (episode: Episode): string =>
  `it was taken down on ${new Date().toISOString().slice(0, 10)}, and its files were removed.` +
  (isRecorded(episode) ? ' Its recording is kept: /episode remaster makes them again.' : '');

/** Episodes of one show may share a picture. */
async function picturesInUse(trx: Db, showId: string): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('episodes')
    .select(['cover_key', 'chapters'])
    .where('show_id', '=', showId)
    .execute();
  return new Set(
    rows.flatMap(({ cover_key: key, chapters }) =>
      [key, ...chapters.map(({ imageKey }) => imageKey)].flatMap((each) => each ?? []),
    ),
  );
}

async function forgetMade(trx: Db, episodeId: string): Promise<void> {
  for (const table of ['renditions', 'transcripts'] as const)
    await trx.deleteFrom(table).where('episode_id', '=', episodeId).execute();
}

/** One step of the life cycle, told to the watchers. Throws NotInCatalogError and StateError. */
const take = (db: Db, episodeId: string, step: EpisodeStep, guildId?: string): Promise<Episode> =>
  atomically(db, async (trx) => {
    const before = await findEpisode(trx, episodeId, { guildId, lock: true });
    if (before === undefined) throw new NotInCatalogError('episode');
    const changes = nextEpisode(before, step);
    if (changes === undefined) throw new StateError(standingOf(before, step));
    const { chapters, edit, pieces, ...columns } = changes;
    const after = await trx
      .updateTable('episodes')
      .set({ ...columns, chapters: asJson(chapters), edit: asJson(edit), pieces: asJson(pieces) })
      .where('id', '=', episodeId)
      .returningAll()
      .executeTakeFirstOrThrow();
    // Publication has a job of its own.
    if (changesFeed(before.state, changes, step))
      await raiseRevision(trx, after.show_id, { quietly: step.type === 'publish' });
    await tell(trx, after);
    return after;
  });

async function tell(
  trx: Db,
  { id, show_id, session_id, state }: Pick<Episode, 'id' | 'show_id' | 'session_id' | 'state'>,
): Promise<void> {
  const { guild_id: guildId } = await trx
    .selectFrom('shows')
    .select('guild_id')
    .where('id', '=', show_id)
    .executeTakeFirstOrThrow();
  await notifyIn(trx, {
    type: 'episode',
    ...{ guildId, showId: show_id, sessionId: session_id, episodeId: id, state },
  });
}

/** What is undefined stays as it is. */
function asJson(value: object): string;
function asJson(value: object | undefined): string | undefined;
function asJson(value: object | null | undefined): string | null | undefined;
function asJson(value: object | null | undefined): string | null | undefined {
  return value === undefined || value === null ? value : JSON.stringify(value);
}

async function create(
  trx: Db,
  session: Pick<Session, 'id' | 'show_id' | 'title'>,
  fields: { title?: string; notes?: string },
): Promise<RecordedEpisode> {
  const id = newId();
  const title = storable(fields.title ?? session.title).trim() || 'Untitled episode';
  const slug = slugify(title, `episode-${randomBytes(3).toString('hex')}`);
  for (;;) {
    const taken = await trx
      .selectFrom('episodes')
      .select('slug')
      .where('show_id', '=', session.show_id)
      .where((row) => row.or([row('slug', '=', slug), row('slug', 'like', `${slug}-%`)]))
      .execute();
    const episode = await trx
      .insertInto('episodes')
      .values({
        id,
        show_id: session.show_id,
        session_id: session.id,
        // The feed item's guid says nothing about where the feed stands, so that it survives every move.
        guid: newId(),
        slug: firstFree(slug, new Set(taken.map((row) => row.slug))),
        title,
        notes: storable(fields.notes ?? ''),
        state: 'mastering',
        chapters: '[]',
      })
      // Another process may take the slug between the question and the answer.
      .onConflict((conflict) => conflict.columns(['show_id', 'slug']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (episode !== undefined) return { ...episode, session_id: session.id };
  }
}

/** Podcasts. A show belongs to one server; its slug and podcast guid stand in public for ever. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { NotInCatalogError } from './errors.ts';
import { type DatedFeedReport, type FeedReport, feedReportOf, noteFeedReport } from './feed-reports.ts';
import { guildsIn } from './guilds.ts';
import { atomically, type Db, isId, newId, storable } from './handle.ts';
import { podcastGuid } from './podcast-guid.ts';
import { type ShowFeedInput, showFeedSettings } from './feed-settings.ts';
import { raiseRevision } from './revision.ts';
import type { Show, ShowBrand } from './schema.ts';
import { firstFree, isSlug, slugify } from './slug.ts';

export type { DatedFeedReport, FeedReport } from './feed-reports.ts';

/** What a host may choose; the rest of a show is ours. */
export interface ShowFields {
  title: string;
  description: string;
  author: string;
  language: string;
  category: string;
  subcategory: string | null;
  explicit: boolean;
  coverKey: string | null;
  preset: string;
  /** In place of all that was said before. */
  feed: ShowFeedInput;
  brand: ShowBrand;
  /** A host name of its own; lower case. */
  customDomain: string | null;
}

/** Of a show that comes from another host. */
export interface ShowOrigin {
  /** In place of the title, for its address. */
  slugFrom?: string | undefined;
  podcastGuid?: string | undefined;
}

/** What stands before, after and under the talks of a show. */
export const SHOW_SOUNDS = ['intro', 'outro', 'bed'] as const;
export type ShowSound = (typeof SHOW_SOUNDS)[number];

export interface Shows {
  /**
   * Makes a show of a server that is known; its slug comes from the title, unique over the installation. `podcastGuid` is for one
   * that had its identity elsewhere; no other may have the same. Throws ZodError for a setting with a fault.
   */
  create(
    guildId: string,
    fields: Pick<ShowFields, 'title'> & Partial<ShowFields> & ShowOrigin,
  ): Promise<Show>;
  /** The show that ad-hoc recordings land in, made (together with its server's row) when it is first asked for. */
  createDefaultFor(guild: { id: string; name: string }): Promise<Show>;
  /** For workers and public pages, which serve every server. */
  byId(showId: string): Promise<Show | undefined>;
  /** For workers and public pages, which serve every server. */
  bySlug(slug: string): Promise<Show | undefined>;
  /** The show whose own host name this is; lower case. */
  byDomain(host: string): Promise<Show | undefined>;
  /** The show that directories know by this identity. */
  byPodcastGuid(podcastGuid: string): Promise<Show | undefined>;
  /** Every show with a public feed, by title. */
  listPublished(): Promise<Show[]>;
  /** A member's question: undefined when the show is another server's. */
  ofGuild(guildId: string, showId: string): Promise<Show | undefined>;
  /** A server's shows by title. */
  listFor(guildId: string): Promise<Show[]>;
  /** Of episodes that are mastered from now on; null takes it away. Answers the key before. Throws NotInCatalogError. */
  setSound(guildId: string, showId: string, kind: ShowSound, key: string | null): Promise<string | null>;
  /** Changes what stands in the feed, so its revision rises. Throws NotInCatalogError, and ZodError for a setting with a fault. */
  update(guildId: string, showId: string, fields: Partial<ShowFields>): Promise<Show>;
  /** What the last writing of its feed found takes the place of what the one before did. */
  noteFeedReport(showId: string, report: FeedReport): Promise<void>;
  /** A member's question: undefined when the show is another server's, or its feed was never written. */
  feedReportOf(guildId: string, showId: string): Promise<DatedFeedReport | undefined>;
  /** Shows whose public feed is behind what the catalog says. */
  behind(): Promise<string[]>;
  /** Its next feed takes the place of one of an older revision than this, whoever wrote that. */
  liftRevision(showId: string, least: number): Promise<void>;
  /** The feed stands at this revision, or at a newer one. */
  markFeedPublished(showId: string, revision: number): Promise<void>;
}

/** What a show has until its host says otherwise. Apple asks for a category of its own list: webinars mostly teach. */
const defaults = { category: 'Education', language: 'en', explicit: false, preset: 'speech' };

/** `feedUrlOf` says where a slug's feed stands, or undefined where that is not known. */
export function showsIn(db: Db, feedUrlOf: (slug: string) => string | undefined): Shows {
  const create: Shows['create'] = (guildId, fields) =>
    atomically(db, async (trx) => {
      const guild = await guildsIn(trx).byId(guildId);
      if (guild === undefined) throw new NotInCatalogError('server');
      const title = storable(fields.title).trim() || 'Untitled show';
      const slug = slugify(fields.slugFrom ?? title, `show-${randomBytes(3).toString('hex')}`);
      const id = newId();
      for (;;) {
        const free = firstFree(slug, await takenSlugs(trx, slug));
        const show = await trx
          .insertInto('shows')
          .values({
            id,
            guild_id: guildId,
            slug: free,
            title,
            description: storable(
              fields.description ?? `Conversations recorded live on Discord by ${guild.name}.`,
            ),
            author: storable(fields.author ?? guild.name),
            language: fields.language ?? guild.language,
            category: fields.category ?? defaults.category,
            subcategory: fields.subcategory ?? null,
            explicit: fields.explicit ?? defaults.explicit,
            podcast_guid: fields.podcastGuid ?? podcastGuid(feedUrlOf(free), id),
            cover_key: fields.coverKey ?? null,
            preset: fields.preset ?? defaults.preset,
            ...(fields.feed !== undefined && { feed: JSON.stringify(showFeedSettings.parse(fields.feed)) }),
          })
          // Another process may take the slug between the question and the answer.
          .onConflict((conflict) => conflict.column('slug').doNothing())
          .returningAll()
          .executeTakeFirst();
        if (show !== undefined) return show;
      }
    });

  return {
    create,
    createDefaultFor: (guild) =>
      atomically(db, async (trx) => {
        // The upsert locks the server's row, so that two recordings at once do not make two default shows.
        const { default_show_id } = await guildsIn(trx).upsert(guild);
        const shows = showsIn(trx, feedUrlOf);
        const existing = default_show_id === null ? undefined : await shows.byId(default_show_id);
        if (existing !== undefined) return existing;
        const show = await shows.create(guild.id, { title: guild.name });
        await trx
          .updateTable('guilds')
          .set({ default_show_id: show.id })
          .where('id', '=', guild.id)
          .execute();
        return show;
      }),
    byId: async (showId) =>
      isId(showId)
        ? db.selectFrom('shows').selectAll().where('id', '=', showId).executeTakeFirst()
        : undefined,
    bySlug: async (slug) =>
      isSlug(slug)
        ? db.selectFrom('shows').selectAll().where('slug', '=', slug).executeTakeFirst()
        : undefined,
    byDomain: (host) =>
      db.selectFrom('shows').selectAll().where('custom_domain', '=', host).executeTakeFirst(),
    byPodcastGuid: async (guid) =>
      isId(guid)
        ? db.selectFrom('shows').selectAll().where('podcast_guid', '=', guid).executeTakeFirst()
        : undefined,
    listPublished: () =>
      db
        .selectFrom('shows')
        .selectAll()
        .where('published_at', 'is not', null)
        .orderBy('title')
        .orderBy('id')
        .execute(),
    ofGuild: async (guildId, showId) =>
      isId(showId)
        ? db
            .selectFrom('shows')
            .selectAll()
            .where('id', '=', showId)
            .where('guild_id', '=', guildId)
            .executeTakeFirst()
        : undefined,
    listFor: (guildId) =>
      db
        .selectFrom('shows')
        .selectAll()
        .where('guild_id', '=', guildId)
        .orderBy('title')
        .orderBy('id')
        .execute(),
    setSound: (guildId, showId, kind, key) =>
      atomically(db, async (trx) => {
        const column = `${kind}_key` as const;
        const show = isId(showId)
          ? await trx
              .selectFrom('shows')
              .select(column)
              .where('id', '=', showId)
              .where('guild_id', '=', guildId)
              .forUpdate()
              .executeTakeFirst()
          : undefined;
        if (show === undefined) throw new NotInCatalogError('show');
        await trx
          .updateTable('shows')
          .set({ [column]: key })
          .where('id', '=', showId)
          .execute();
        return show[column];
      }),
    update: (guildId, showId, { coverKey, feed, brand, customDomain, ...fields }) =>
      atomically(db, async (trx) => {
        const text = (value: string | undefined) => (value === undefined ? undefined : storable(value));
        if (!isId(showId)) throw new NotInCatalogError('show');
        await raiseRevision(trx, showId);
        const show = await trx
          .updateTable('shows')
          .set({
            ...fields,
            title: text(fields.title),
            description: text(fields.description),
            author: text(fields.author),
            cover_key: coverKey,
            feed: feed && JSON.stringify(showFeedSettings.parse(feed)),
            brand: brand && JSON.stringify(brand),
            custom_domain: customDomain,
          })
          .where('id', '=', showId)
          .where('guild_id', '=', guildId)
          .returningAll()
          .executeTakeFirst();
        if (show === undefined) throw new NotInCatalogError('show');
        return show;
      }),
    noteFeedReport: (showId, report) => noteFeedReport(db, showId, report),
    feedReportOf: (guildId, showId) => feedReportOf(db, guildId, showId),
    behind: async () => {
      const rows = await db
        .selectFrom('shows')
        .select('id')
        .where(
          sql<boolean>`(published_at IS NOT NULL OR members_role_id IS NOT NULL) AND feed_revision > feed_published_revision`,
        )
        .orderBy('id')
        .execute();
      return rows.map(({ id }) => id);
    },
    liftRevision: async (showId, least) => {
      await db
        .updateTable('shows')
        .set({ feed_revision: least })
        .where('id', '=', showId)
        .where('feed_revision', '<', least)
        .execute();
    },
    markFeedPublished: async (showId, revision) => {
      await db
        .updateTable('shows')
        .set({
          feed_published_revision: revision,
          feed_behind_since: sql<Date | null>`CASE WHEN feed_revision > ${revision} THEN feed_behind_since END`,
        })
        .where('id', '=', showId)
        .where('feed_published_revision', '<', revision)
        .execute();
    },
  };
}

async function takenSlugs(db: Db, slug: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('shows')
    .select('slug')
    .where((row) => row.or([row('slug', '=', slug), row('slug', 'like', `${slug}-%`)]))
    .execute();
  return new Set(rows.map((row) => row.slug));
}

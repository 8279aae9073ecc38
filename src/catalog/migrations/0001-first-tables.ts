/**
 * Servers, shows, webinars, sessions, episodes, renditions, secrets. What belongs to a server carries the server's id,
 * and its foreign keys carry it too: a row of one server cannot point at another's.
 */
import { type Kysely, sql } from 'kysely';

const oneOf = (column: string, values: string[]) =>
  sql<boolean>`${sql.ref(column)} IN (${sql.join(values.map((value) => sql.lit(value)))})`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('guilds')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('time_zone', 'text', (column) => column.notNull().defaultTo('UTC'))
    .addColumn('language', 'text', (column) => column.notNull().defaultTo('en'))
    .addColumn('default_show_id', 'uuid')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();

  await db.schema
    .createTable('shows')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('guild_id', 'text', (column) => column.notNull().references('guilds.id'))
    .addColumn('slug', 'text', (column) => column.notNull().unique())
    .addColumn('title', 'text', (column) => column.notNull().check(sql`title <> ''`))
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('category', 'text', (column) => column.notNull())
    .addColumn('subcategory', 'text')
    .addColumn('explicit', 'boolean', (column) => column.notNull())
    .addColumn('podcast_guid', 'uuid', (column) => column.notNull().unique())
    .addColumn('cover_key', 'text')
    .addColumn('preset', 'text', (column) => column.notNull().defaultTo('speech'))
    .addColumn('feed_revision', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('published_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint('shows_id_guild', ['id', 'guild_id'])
    .execute();
  await db.schema.createIndex('shows_by_guild').on('shows').columns(['guild_id', 'title']).execute();
  await db.schema
    .alterTable('guilds')
    .addForeignKeyConstraint('guilds_default_show', ['default_show_id', 'id'], 'shows', ['id', 'guild_id'])
    .execute();

  await db.schema
    .createTable('webinars')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('show_id', 'uuid', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('scheduled_event_id', 'text', (column) => column.unique())
    .addColumn('host_user_id', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('starts_at', 'timestamptz', (column) => column.notNull())
    .addColumn('duration_minutes', 'integer', (column) => column.notNull().check(sql`duration_minutes > 0`))
    .addColumn('state', 'text', (column) =>
      column.notNull().check(oneOf('state', ['scheduled', 'live', 'ended', 'cancelled'])),
    )
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint('webinars_id_guild', ['id', 'guild_id'])
    .addForeignKeyConstraint('webinars_show', ['show_id', 'guild_id'], 'shows', ['id', 'guild_id'])
    .execute();
  await db.schema
    .createIndex('webinars_by_guild')
    .on('webinars')
    .columns(['guild_id', 'starts_at'])
    .execute();

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('show_id', 'uuid', (column) => column.notNull())
    .addColumn('webinar_id', 'uuid')
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('started_by', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) =>
      column.notNull().check(oneOf('state', ['recording', 'sealed', 'failed'])),
    )
    .addColumn('started_at', 'timestamptz', (column) => column.notNull())
    .addColumn('ended_at', 'timestamptz')
    .addColumn('duration_us', 'bigint', (column) => column.check(sql`duration_us >= 0`))
    .addColumn('speakers', 'integer', (column) => column.check(sql`speakers >= 0`))
    .addUniqueConstraint('sessions_id_show', ['id', 'show_id'])
    .addForeignKeyConstraint('sessions_show', ['show_id', 'guild_id'], 'shows', ['id', 'guild_id'])
    .addForeignKeyConstraint('sessions_webinar', ['webinar_id', 'guild_id'], 'webinars', ['id', 'guild_id'])
    .addCheckConstraint(
      'sessions_sealed_whole',
      sql`state <> 'sealed' OR num_nulls(ended_at, duration_us) = 0`,
    )
    .execute();
  await db.schema
    .createIndex('sessions_by_guild')
    .on('sessions')
    .columns(['guild_id', 'started_at'])
    .execute();

  await db.schema
    .createTable('episodes')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('show_id', 'uuid', (column) => column.notNull())
    .addColumn('session_id', 'uuid', (column) => column.notNull())
    .addColumn('guid', 'text', (column) => column.notNull().unique())
    .addColumn('slug', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull().check(sql`title <> ''`))
    .addColumn('notes', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) =>
      column.notNull().check(oneOf('state', ['mastering', 'ready', 'publishing', 'published', 'failed'])),
    )
    .addColumn('failure', 'text')
    .addColumn('duration_us', 'bigint', (column) => column.check(sql`duration_us >= 0`))
    .addColumn('integrated_lufs', 'double precision')
    .addColumn('true_peak_dbtp', 'double precision')
    .addColumn('chapters', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'`))
    .addColumn('publishing_at', 'timestamptz')
    .addColumn('published_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint('episodes_slug_in_show', ['show_id', 'slug'])
    .addForeignKeyConstraint('episodes_session', ['session_id', 'show_id'], 'sessions', ['id', 'show_id'])
    .addCheckConstraint('episodes_failure_said', sql`state <> 'failed' OR failure IS NOT NULL`)
    .addCheckConstraint('episodes_publishing_dated', sql`state <> 'publishing' OR publishing_at IS NOT NULL`)
    .addCheckConstraint('episodes_published_dated', sql`state <> 'published' OR published_at IS NOT NULL`)
    .execute();
  await db.schema.createIndex('episodes_by_session').on('episodes').column('session_id').execute();
  await db.schema.createIndex('episodes_by_show').on('episodes').columns(['show_id', 'state']).execute();

  await db.schema
    .createTable('renditions')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('episode_id', 'uuid', (column) =>
      column.notNull().references('episodes.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull().check(oneOf('kind', ['mp3', 'm4a'])))
    .addColumn('media_key', 'text', (column) => column.notNull().unique())
    .addColumn('bytes', 'bigint', (column) => column.notNull().check(sql`bytes > 0`))
    .addColumn('mime_type', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull().check(sql`sha256 ~ '^[0-9a-f]{64}$'`))
    .addColumn('duration_us', 'bigint', (column) => column.notNull().check(sql`duration_us > 0`))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint('renditions_one_of_a_kind', ['episode_id', 'kind'])
    .execute();

  await db.schema
    .createTable('secrets')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();
}

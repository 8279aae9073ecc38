/**
 * Feeds for members who hold a role. Of a token only its hash is kept: it is derived from the installation's secret, the show,
 * the member and a generation. What was taken back stays, so that its address can be said to be gone.
 */
import { type Kysely, sql } from 'kysely';

const oneOf = (column: string, values: string[]) =>
  sql<boolean>`${sql.ref(column)} IN (${sql.join(values.map((value) => sql.lit(value)))})`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('shows')
    .addColumn('members_role_id', 'text')
    .addColumn('members_set_by', 'text')
    .execute();
  await db.schema
    .createTable('member_feeds')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('show_id', 'uuid', (column) => column.notNull().references('shows.id').onDelete('cascade'))
    .addColumn('user_id', 'text')
    .addColumn('generation', 'integer', (column) => column.notNull().check(sql`generation > 0`))
    .addColumn('state', 'text', (column) =>
      column
        .notNull()
        .defaultTo('active')
        .check(oneOf('state', ['active', 'rotated', 'revoked', 'banned', 'erased'])),
    )
    .addColumn('has_role', 'boolean', (column) => column.notNull())
    .addColumn('role_changed_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addColumn('checked_at', 'timestamptz', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addCheckConstraint('member_feeds_forgotten', sql`(state = 'erased') = (user_id IS NULL)`)
    .execute();
  await db.schema
    .createIndex('member_feeds_in_use')
    .on('member_feeds')
    .columns(['show_id', 'user_id'])
    .unique()
    .where(sql.ref('state'), '=', sql.lit('active'))
    .execute();
  await db.schema.createIndex('member_feeds_by_user').on('member_feeds').column('user_id').execute();
}

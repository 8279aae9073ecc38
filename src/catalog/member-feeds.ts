/**
 * Private feeds of members. Tokens never come here: a hash is looked up, and who makes an address says how a generation
 * hashes. A feed follows a role of its show's server by what Discord was last heard to say.
 */
import { type RawBuilder, sql } from 'kysely';
import { NotInCatalogError } from './errors.ts';
import { atomically, type Db, isId } from './handle.ts';
import { raiseRevision } from './revision.ts';
import type { MemberFeed, Show } from './schema.ts';

/** What Discord says of a user in a server. */
export type Membership = { roleIds: readonly string[] } | 'left' | 'banned';

/** The server's own id stands for everybody in it, as Discord has it for @everyone. */
export const holdsRole = (
  { members_role_id: roleId, guild_id: guildId }: Pick<Show, 'members_role_id' | 'guild_id'>,
  membership: Membership,
): boolean =>
  typeof membership === 'object' &&
  roleId !== null &&
  (roleId === guildId || membership.roleIds.includes(roleId));

/** A member in one show. */
export interface Holder {
  guildId: string;
  showId: string;
  userId: string;
}

export interface FeedMaking {
  /** Says what the member holds now. */
  membership: Membership;
  at: Date;
  /** SHA-256 of a generation's token, hex. */
  hashOf: (generation: number) => string;
}

export interface MemberFeeds {
  /** The one in use, made when there is none; takes in what is said of the member. Throws NotInCatalogError. */
  open(holder: Holder, making: FeedMaking): Promise<MemberFeed>;
  /** Another in place of the one in use, whose address is gone from now on. Throws NotInCatalogError. */
  renew(holder: Holder, making: FeedMaking): Promise<MemberFeed>;
  /** Takes a member's address back; they may ask for another. Answers whether there was one in use. */
  revoke(holder: Holder): Promise<boolean>;
  /** For public routes, which serve every server. */
  byHash(tokenHash: string): Promise<{ feed: MemberFeed; show: Show } | undefined>;
  /** Discord says so at a moment; older news than is known changes nothing. A ban ends every feed. Answers how many changed. */
  learn(guildId: string, userId: string, membership: Membership, at: Date): Promise<number>;
  /** The role was deleted: nobody holds it. */
  roleGone(guildId: string, roleId: string, at: Date): Promise<void>;
  /** Everybody with a feed in use of a server's shows. */
  holders(guildId: string): Promise<string[]>;
  /** Whom the server forgets: their addresses are gone, and nothing says whose they were. Answers how many were in use. */
  forget(guildId: string, userId: string): Promise<number>;
  /** Which role a show's feed follows from now on, and who said so; null for none. Throws NotInCatalogError. */
  follow(guildId: string, showId: string, roleId: string | null, setBy: string): Promise<Show>;
}

/** Nothing is known yet of the role that a show follows now. */
const NEVER = new Date(0);

export function memberFeedsIn(db: Db): MemberFeeds {
  const showsOf = (trx: Db, guildId: string) =>
    trx.selectFrom('shows').select('shows.id').where('guild_id', '=', guildId);
  /** When it last became another than it was. */
  const changedAt = (hasRole: boolean | RawBuilder<boolean>, at: Date) =>
    sql<Date>`CASE WHEN has_role = ${hasRole} THEN role_changed_at ELSE ${at} END`;
  const inUse = (trx: Db, { guildId, showId, userId }: Holder) =>
    trx
      .updateTable('member_feeds')
      .where('show_id', '=', showId)
      .where('show_id', 'in', showsOf(trx, guildId))
      .where('user_id', '=', userId)
      .where('state', '=', 'active');

  return {
    open: (holder, making) =>
      atomically(db, async (trx) => {
        const show = await lockShow(trx, holder);
        const standing = { has_role: holdsRole(show, making.membership), checked_at: making.at };
        const known = await inUse(trx, holder)
          .set({ ...standing, role_changed_at: changedAt(standing.has_role, making.at) })
          .returningAll()
          .executeTakeFirst();
        return known ?? make(trx, holder, standing, making.hashOf);
      }),
    renew: (holder, making) =>
      atomically(db, async (trx) => {
        const show = await lockShow(trx, holder);
        await inUse(trx, holder).set({ state: 'rotated' }).execute();
        const standing = { has_role: holdsRole(show, making.membership), checked_at: making.at };
        return make(trx, holder, standing, making.hashOf);
      }),
    async revoke(holder) {
      if (!isId(holder.showId)) return false;
      const { numUpdatedRows } = await inUse(db, holder).set({ state: 'revoked' }).executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async byHash(tokenHash) {
      const feed = await db
        .selectFrom('member_feeds')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      if (feed === undefined) return undefined;
      const show = await db
        .selectFrom('shows')
        .selectAll()
        .where('id', '=', feed.show_id)
        .executeTakeFirstOrThrow();
      return { feed, show };
    },
    async learn(guildId, userId, membership, at) {
      const roleIds = typeof membership === 'object' ? [...membership.roleIds, guildId] : [];
      const holds = sql<boolean>`coalesce((SELECT members_role_id FROM shows WHERE id = show_id) = ANY(${roleIds}), false)`;
      const { numUpdatedRows } = await db
        .updateTable('member_feeds')
        .set({
          ...{ has_role: holds, checked_at: at },
          role_changed_at: changedAt(holds, at),
          ...(membership === 'banned' ? { state: 'banned' } : {}),
        })
        .where('user_id', '=', userId)
        .where('show_id', 'in', showsOf(db, guildId))
        .where('state', '=', 'active')
        .where('checked_at', '<=', at)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
    async roleGone(guildId, roleId, at) {
      const shows = showsOf(db, guildId).where('members_role_id', '=', roleId);
      await db
        .updateTable('member_feeds')
        .set({
          ...{ has_role: false, checked_at: at },
          role_changed_at: changedAt(false, at),
        })
        .where('show_id', 'in', shows)
        .where('state', '=', 'active')
        .execute();
    },
    async holders(guildId) {
      const rows = await db
        .selectFrom('member_feeds')
        .select('user_id')
        .distinct()
        .where('show_id', 'in', showsOf(db, guildId))
        .where('state', '=', 'active')
        .orderBy('user_id')
        .execute();
      return rows.flatMap(({ user_id: userId }) => userId ?? []);
    },
    forget: (guildId, userId) =>
      atomically(db, async (trx) => {
        const rows = await trx
          .selectFrom('member_feeds')
          .select(['token_hash', 'state'])
          .where('user_id', '=', userId)
          .where('show_id', 'in', showsOf(trx, guildId))
          .forUpdate()
          .execute();
        if (rows.length === 0) return 0;
        await trx
          .updateTable('member_feeds')
          .set({ state: 'erased', user_id: null, has_role: false })
          .where(
            'token_hash',
            'in',
            rows.map((row) => row.token_hash),
          )
          .execute();
        return rows.filter(({ state }) => state === 'active').length;
      }),
    follow: (guildId, showId, roleId, setBy) =>
      atomically(db, async (trx) => {
        const before = await lockShow(trx, { guildId, showId });
        // The feed that members have in common may never have been written.
        await raiseRevision(trx, showId);
        const show = await trx
          .updateTable('shows')
          .set({ members_role_id: roleId, members_set_by: setBy })
          .where('id', '=', showId)
          .returningAll()
          .executeTakeFirstOrThrow();
        if (before.members_role_id !== roleId)
          await trx
            .updateTable('member_feeds')
            .set({ has_role: false, checked_at: NEVER, role_changed_at: changedAt(false, new Date()) })
            .where('show_id', '=', showId)
            .where('state', '=', 'active')
            .execute();
        return show;
      }),
  };
}

/** Held until the transaction ends, so that two requests of one member make one feed. */
async function lockShow(trx: Db, { guildId, showId }: Pick<Holder, 'guildId' | 'showId'>): Promise<Show> {
  const show = isId(showId)
    ? await trx
        .selectFrom('shows')
        .selectAll()
        .where('id', '=', showId)
        .where('guild_id', '=', guildId)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (show === undefined) throw new NotInCatalogError('show');
  return show;
}

/**
 * The next generation. One that the hash of an erased feed bears was this member's too, though nothing says so any more: its
 * address must stay gone, so it is passed over.
 */
async function make(
  trx: Db,
  { showId, userId }: Holder,
  standing: Pick<MemberFeed, 'has_role' | 'checked_at'>,
  hashOf: FeedMaking['hashOf'],
): Promise<MemberFeed> {
  const { last } = await trx
    .selectFrom('member_feeds')
    .select(({ fn }) => fn.max<number | null>('generation').as('last'))
    .where('show_id', '=', showId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  for (let generation = (last ?? 0) + 1; ; generation += 1) {
    const row = { show_id: showId, user_id: userId, generation, ...standing };
    const made = await trx
      .insertInto('member_feeds')
      .values({ ...row, token_hash: hashOf(generation) })
      .onConflict((conflict) => conflict.column('token_hash').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (made !== undefined) return made;
  }
}

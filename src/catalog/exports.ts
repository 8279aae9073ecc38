/** What producers asked for. making -> ready or failed; both end, and the row goes with the files. */
import { sql } from 'kysely';
import { NotInCatalogError, StateError } from './errors.ts';
import { notifyIn } from './events.ts';
import { atomically, type Db, isForeignKeyViolation, isId, newId, storable } from './handle.ts';
import type { Export, ExportedFile } from './schema.ts';

export interface NewExport {
  guildId: string;
  sessionId: string;
  requestedBy: string;
  format: Export['format'];
  /** Of the session clock; all of the session when missing. */
  range?: { fromUs: number; toUs: number };
}

export interface Exports {
  /**
   * One that is being made, or that was made of the ended session and has not expired, serves everybody who asks for the
   * same: `isNew` tells whether there is something to do. Throws NotInCatalogError when the session is not this server's.
   */
  request(wanted: NewExport): Promise<{ export: Export; isNew: boolean }>;
  /** For workers and signed links, which serve every server. */
  byId(exportId: string): Promise<Export | undefined>;
  /** Throws StateError when it is not being made any more. */
  markReady(
    exportId: string,
    made: { name: string; files: readonly ExportedFile[]; expiresAt: Date },
  ): Promise<Export>;
  /** Throws StateError when it is not being made any more. `failure` is read by a person. */
  markFailed(exportId: string, failure: string, expiresAt: Date): Promise<Export>;
  /** A speaker of the session was erased: what is there ends now, what is being made comes to nothing. */
  endAllOf(sessionId: string): Promise<void>;
  /** Those whose end has come. */
  listExpired(now: Date): Promise<Export[]>;
  /** Forgets it, once its files are gone. */
  remove(exportId: string): Promise<void>;
}

const ERASED = 'A speaker was erased from the recording meanwhile. Ask for it once more.';

export function exportsIn(db: Db): Exports {
  const byId: Exports['byId'] = async (exportId) =>
    isId(exportId)
      ? db.selectFrom('exports').selectAll().where('id', '=', exportId).executeTakeFirst()
      : undefined;

  const end = (
    exportId: string,
    columns: Partial<Pick<Export, 'state' | 'failure' | 'name' | 'bytes'>>,
    expiresAt: Date,
    files: readonly ExportedFile[] = [],
  ) =>
    atomically(db, async (trx) => {
      const made = isId(exportId)
        ? await trx
            .updateTable('exports')
            .set({
              ...columns,
              files: JSON.stringify(files),
              expires_at: expiresAt,
              ready_at: columns.state === 'ready' ? sql<Date>`now()` : null,
            })
            .where('id', '=', exportId)
            .where('state', '=', 'making')
            .returningAll()
            .executeTakeFirst()
        : undefined;
      if (made !== undefined) {
        await notifyIn(trx, {
          type: 'export',
          ...{ guildId: made.guild_id, sessionId: made.session_id, exportId, state: made.state },
        });
        return made;
      }
      const found = await exportsIn(trx).byId(exportId);
      if (found === undefined) throw new NotInCatalogError('export');
      throw new StateError({ noun: 'export', state: found.state });
    });

  return {
    request: ({ guildId, sessionId, requestedBy, format, range }) =>
      atomically(db, async (trx) => {
        if (!isId(sessionId)) throw new NotInCatalogError('session');
        // Stems of a master that there is no more are none of the one there is.
        const masteredSince = trx
          .selectFrom('renditions')
          .innerJoin('episodes', 'episodes.id', 'renditions.episode_id')
          .select('renditions.id')
          .where('episodes.session_id', '=', sessionId)
          .where(sql<boolean>`renditions.created_at > exports.created_at`);
        const same = await trx
          .selectFrom('exports')
          .innerJoin('sessions', 'sessions.id', 'exports.session_id')
          .selectAll('exports')
          .where('exports.session_id', '=', sessionId)
          .where('exports.guild_id', '=', guildId)
          .where('exports.format', '=', format)
          .where('exports.from_us', range === undefined ? 'is' : '=', range?.fromUs ?? null)
          .where('exports.to_us', range === undefined ? 'is' : '=', range?.toUs ?? null)
          .where((row) =>
            row.or([
              row('exports.state', '=', 'making'),
              row.and([
                row('exports.state', '=', 'ready'),
                row('exports.expires_at', '>', sql<Date>`now()`),
                // What was made while it recorded is not all of it.
                row('exports.created_at', '>=', row.ref('sessions.ended_at')),
                ...(format === 'stems' ? [row.not(row.exists(masteredSince))] : []),
              ]),
            ]),
          )
          .orderBy('exports.created_at', 'desc')
          .executeTakeFirst();
        if (same !== undefined) return { export: same, isNew: false };
        try {
          const made = await trx
            .insertInto('exports')
            .values({
              ...{ id: newId(), guild_id: guildId, session_id: sessionId, format, state: 'making' },
              requested_by: requestedBy,
              ...{ from_us: range?.fromUs ?? null, to_us: range?.toUs ?? null },
            })
            .returningAll()
            .executeTakeFirstOrThrow();
          return { export: made, isNew: true };
        } catch (error) {
          throw isForeignKeyViolation(error) ? new NotInCatalogError('session') : error;
        }
      }),
    byId,
    markReady: (exportId, { name, files, expiresAt }) => {
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return end(exportId, { state: 'ready', name: storable(name), bytes }, expiresAt, files);
    },
    markFailed: (exportId, failure, expiresAt) =>
      end(exportId, { state: 'failed', failure: storable(failure) }, expiresAt),
    endAllOf: (sessionId) =>
      atomically(db, async (trx) => {
        if (!isId(sessionId)) return;
        const now = sql<Date>`now()`;
        const of = trx.updateTable('exports').where('session_id', '=', sessionId);
        await of
          .set({ state: 'failed', failure: ERASED, expires_at: now })
          .where('state', '=', 'making')
          .execute();
        await of.set({ expires_at: now }).where('state', '=', 'ready').execute();
      }),
    listExpired: (now) =>
      db.selectFrom('exports').selectAll().where('expires_at', '<=', now).orderBy('expires_at').execute(),
    async remove(exportId) {
      if (isId(exportId)) await db.deleteFrom('exports').where('id', '=', exportId).execute();
    },
  };
}

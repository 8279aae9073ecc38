/** What every noun's module works on: the database itself, or a transaction of it. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;

/** Runs in the transaction that `db` is, or in one made for it. */
export function atomically<T>(db: Db, run: (trx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? run(db) : db.transaction().execute(run);
}

export const newId = (): string => randomUUID();

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Ids come in from links and commands; what is no UUID is an error to PostgreSQL, and simply unknown to us. */
export const isId = (text: string): boolean => uuid.test(text);

/** PostgreSQL's text cannot hold U+0000, and half a surrogate pair is no character. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** A foreign key refused the row: what it points at is not there, or not this server's. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  // https://www.postgresql.org/docs/current/errcodes-appendix.html, class 23
  error instanceof Error && 'code' in error && error.code === '23503';

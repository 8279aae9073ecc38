/** What the catalog needs of a PostgreSQL, embedded or served. Nothing else of either leaks out of this folder. */
import type { Dialect } from 'kysely';

export interface Engine {
  kind: 'embedded' | 'server';
  dialect: Dialect;
  /** Several statements at once only without values, as in PostgreSQL's simple protocol. */
  executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
  /**
   * Hears NOTIFY on a channel. `onGap` is called once at the start and again after each break in the line, because what
   * was told meanwhile is lost.
   */
  listen: (
    channel: string,
    onPayload: (payload: string) => void,
    onGap: () => void,
  ) => Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}

export interface EngineEvents {
  /** Something in the background failed and is tried again. */
  onFault: (error: unknown) => void;
  /** The embedded engine has stopped for good in this process; every statement rejects with the same error. */
  onDeath: (error: Error) => void;
}

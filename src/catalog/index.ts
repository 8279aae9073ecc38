/** The catalog: everything that is not audio. Its nouns, its queue and its news, over embedded or served PostgreSQL. */
import type { Logger } from 'pino';
import type { Episodes } from './episodes.ts';
import type { CatalogEvent } from './events.ts';
import type { Guilds } from './guilds.ts';
import type { JobSender, Queue } from './queue.ts';
import type { Secrets } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import type { Shows } from './shows.ts';
import type { Webinars } from './webinars.ts';

export type * from './episodes.ts';
export type * from './events.ts';
export type * from './guilds.ts';
export type * from './queue.ts';
export type * from './schema.ts';
export type * from './secrets.ts';
export type * from './sessions.ts';
export type * from './shows.ts';
export type * from './webinars.ts';
export { NotInCatalogError, StateError } from './errors.ts';

/** One module per noun; the same functions inside a transaction and outside. */
export interface CatalogNouns {
  guilds: Guilds;
  shows: Shows;
  webinars: Webinars;
  sessions: Sessions;
  episodes: Episodes;
  secrets: Secrets;
}

/** What a transaction sees. News told here reaches watchers when it commits. */
export interface CatalogTransaction extends CatalogNouns {
  queue: JobSender;
  notify(event: CatalogEvent): Promise<void>;
}

export interface Catalog extends CatalogNouns {
  queue: Queue;
  /**
   * All or nothing. Use only `trx` inside, and do no I/O there: the embedded engine runs one transaction at a time, and a
   * question to the catalog itself throws instead of waiting for ever.
   */
  transaction<T>(run: (trx: CatalogTransaction) => Promise<T>): Promise<T>;
  /** Hears the news of every process of the installation, from now on. */
  watch(listener: (event: CatalogEvent) => void): () => void;
  notify(event: CatalogEvent): Promise<void>;
  close(): Promise<void>;
}

export interface CatalogOptions {
  /** The embedded engine lives in `catalog/` below it. */
  dataFolder: string;
  /** A PostgreSQL server in place of the embedded engine. */
  databaseUrl?: string | undefined;
  /** Where the world reaches this installation, without a trailing slash: a new show's podcast guid is made from it. */
  baseUrl?: string | undefined;
  logger: Logger;
}

export declare function openCatalog(options: CatalogOptions): Promise<Catalog>;

/** The catalog: everything that is not audio. Its nouns, its queue and its news, over embedded or served PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { type Audience, audienceIn } from './audience.ts';
import { openEngine } from './engine/index.ts';
import { createTransactionScope } from './engine/transaction-scope.ts';
import { type Episodes, episodesIn } from './episodes.ts';
import { type CatalogEvent, EVENT_CHANNEL, notifyIn, parseEvent } from './events.ts';
import { type FeedHealth, feedHealthIn } from './feed-health.ts';
import { type Guilds, guildsIn } from './guilds.ts';
import { type Exports, exportsIn } from './exports.ts';
import { type Imports, importsIn } from './imports.ts';
import type { Db } from './handle.ts';
import { type Leases, leasesIn } from './leases.ts';
import { migrateToLatest } from './migrations/index.ts';
import { type MediaMoves, mediaMovesIn } from './media-moves.ts';
import { type MemberFeeds, memberFeedsIn } from './member-feeds.ts';
import { type Members, membersIn } from './members.ts';
import type { JobPolicies } from './queue-policies.ts';
import { type JobSender, openQueue, type Queue } from './queue.ts';
import type { Schema } from './schema.ts';
import { type RetiredMedia, retiredMediaIn } from './retired-media.ts';
import { type Secrets, secretsIn } from './secrets.ts';
import { type Sessions, sessionsIn } from './sessions.ts';
import { type Shows, showsIn } from './shows.ts';
import { type Transcripts, transcriptsIn } from './transcripts.ts';
import { type Webinars, webinarsIn } from './webinars.ts';

export type * from './audience.ts';
export type * from './audience-reading.ts';
export type { EpisodesRead } from './episode-reading.ts';
export type * from './episodes.ts';
export type * from './events.ts';
export type * from './exports.ts';
export type * from './feed-health.ts';
export type * from './feed-settings.ts';
export type * from './guilds.ts';
export type * from './imports.ts';
export type * from './media-moves.ts';
export type * from './member-feeds.ts';
export type * from './leases.ts';
export type * from './members.ts';
export type * from './queue.ts';
export type * from './retired-media.ts';
export type * from './schema.ts';
export type * from './secrets.ts';
export type * from './sessions.ts';
export type * from './shows.ts';
export { isOut, isRecorded } from './episode-life.ts';
export { episodeFeedSettings, showFeedSettings } from './feed-settings.ts';
export { holdsRole } from './member-feeds.ts';
export { SHOW_SOUNDS } from './shows.ts';
export type * from './transcripts.ts';
export type * from './webinars.ts';
export { EngineDiedError } from './engine/index.ts';
export { type CatalogNoun, NotInCatalogError, type Standing, StateError } from './errors.ts';
export { GiveUpError } from './queue.ts';

/** One module per noun; the same functions inside a transaction and outside. */
export interface CatalogNouns {
  guilds: Guilds;
  members: Members;
  memberFeeds: MemberFeeds;
  shows: Shows;
  webinars: Webinars;
  sessions: Sessions;
  episodes: Episodes;
  transcripts: Transcripts;
  exports: Exports;
  imports: Imports;
  feedHealth: FeedHealth;
  secrets: Secrets;
  retiredMedia: RetiredMedia;
  leases: Leases;
  mediaMoves: MediaMoves;
  audience: Audience;
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
  /** Tells the watchers of this process at once, and asks no database: for what changes every second. */
  tellHere(event: CatalogEvent): void;
  /** Tells the watchers of all processes but this one, through the database. */
  tellElsewhere(event: CatalogEvent): Promise<void>;
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
  /** The embedded engine stopped to protect its files (EngineDiedError): end this process, so that a new one opens it. */
  onDeath?: ((error: Error) => void) | undefined;
  /** How often and how long jobs are tried; the installation's own unless given. */
  jobPolicies?: JobPolicies;
}

/**
 * Opens the catalog, brought to this version's shape. Throws FolderInUseError when another process has the embedded one
 * open, and names the address when a server cannot be used. Closing it ends its own work first and the database last.
 */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { logger, baseUrl } = options;
  const engine = await openEngine(options, {
    onFault: (error) => logger.error({ err: error }, 'The catalog has a fault'),
    onDeath(error) {
      logger.fatal({ err: error }, 'The catalog has stopped');
      options.onDeath?.(error);
    },
  });
  const db = new Kysely<Schema>({ dialect: engine.dialect });
  const opened: { close(): Promise<unknown> }[] = [engine];
  const close = async () => {
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last.close();
  };
  try {
    await migrateToLatest(db);
    const queue = await openQueue(engine, logger, options.jobPolicies);
    opened.push(queue);
    const listeners = new Set<(event: CatalogEvent) => void>();
    const self = randomUUID();
    opened.push(
      await engine.listen(
        EVENT_CHANNEL,
        (payload) => tell(listeners, parseEvent(payload, self), logger),
        () => undefined,
      ),
    );
    const feedUrlOf = (slug: string) =>
      baseUrl === undefined ? undefined : `${baseUrl}/shows/${slug}/feed.xml`;
    const scope = createTransactionScope();
    const outside = scope.outsideOnly(db);
    return {
      ...nounsIn(outside, feedUrlOf),
      queue: scope.outsideOnly<Queue>(queue),
      transaction: (run) =>
        scope.run(() =>
          db.transaction().execute((trx) =>
            run({
              ...nounsIn(trx, feedUrlOf),
              queue: queue.within(trx),
              notify: (event) => notifyIn(trx, event),
            }),
          ),
        ),
      watch(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      notify: (event) => notifyIn(outside, event),
      tellHere: (event) => tell(listeners, event, logger),
      tellElsewhere: (event) => notifyIn(outside, event, self),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const nounsIn = (db: Db, feedUrlOf: (slug: string) => string | undefined): CatalogNouns => ({
  guilds: guildsIn(db),
  members: membersIn(db),
  memberFeeds: memberFeedsIn(db),
  shows: showsIn(db, feedUrlOf),
  webinars: webinarsIn(db),
  sessions: sessionsIn(db),
  episodes: episodesIn(db),
  transcripts: transcriptsIn(db),
  exports: exportsIn(db),
  imports: importsIn(db),
  feedHealth: feedHealthIn(db),
  secrets: secretsIn(db),
  retiredMedia: retiredMediaIn(db),
  leases: leasesIn(db),
  mediaMoves: mediaMovesIn(db),
  audience: audienceIn(db),
});

/** A watcher that throws is its own trouble: the others still hear. */
function tell(
  listeners: ReadonlySet<(event: CatalogEvent) => void>,
  event: CatalogEvent | undefined,
  logger: Logger,
): void {
  if (event === undefined) return;
  for (const listener of listeners) {
    try {
      listener(event);
    } catch (error) {
      logger.error({ err: error }, 'A watcher of the catalog failed');
    }
  }
}

/** What watchers are told, in this process or another: carried by LISTEN and NOTIFY on both engines. */
import { sql } from 'kysely';
import type { Db } from './handle.ts';
import type { EpisodeState, ExportState, ImportState } from './schema.ts';

export interface EpisodeEvent {
  type: 'episode';
  guildId: string;
  showId: string;
  /** Null for one that was imported. */
  sessionId: string | null;
  episodeId: string;
  state: EpisodeState;
  /** Of the work that the state names: 0 to 100. */
  percent?: number;
  /** Until it is done, milliseconds; missing while it is too early to say. */
  leftMs?: number;
}

export interface ExportEvent {
  type: 'export';
  guildId: string;
  sessionId: string;
  exportId: string;
  state: ExportState;
  /** Of the making: 0 to 100. */
  percent?: number;
  /** Until it is made, milliseconds; missing while it is too early to say. */
  leftMs?: number;
}

/** An import is under way, or over. */
export interface ImportEvent {
  type: 'import';
  guildId: string;
  importId: string;
  state: ImportState;
  /** 0 to 100. */
  percent?: number;
  /** Until it is done, milliseconds; missing while it is too early to say. */
  leftMs?: number;
}

/** A feed was written into the media store. */
export interface FeedEvent {
  type: 'feed';
  showId: string;
  /** Key of the media store. */
  feedKey: string;
}

/** What a show's feed says has changed in the catalog; the feed itself has not yet. */
export interface StaleFeedEvent {
  type: 'stale-feed';
  showId: string;
}

/** A member's private address is used from too many places. */
export interface SharedFeedEvent {
  type: 'shared-feed';
  guildId: string;
  showId: string;
  userId: string;
}

/** How work on something stands. */
export type WorkEvent = EpisodeEvent | ExportEvent | ImportEvent;

export type CatalogEvent = WorkEvent | FeedEvent | StaleFeedEvent | SharedFeedEvent;

const idOf = (event: Partial<CatalogEvent>): unknown => {
  switch (event.type) {
    case 'episode':
      return event.episodeId;
    case 'export':
      return event.exportId;
    case 'import':
      return event.importId;
    case 'feed':
      return event.feedKey;
    case 'stale-feed':
    case 'shared-feed':
      return event.showId;
    case undefined:
      return undefined;
  }
};

/** The channel that all processes of an installation listen on. */
export const EVENT_CHANNEL = 'stagecast_events';

/** Tells the watchers, but not those of the process `heardBy`; inside a transaction, once it commits. */
export async function notifyIn(db: Db, event: CatalogEvent, heardBy?: string): Promise<void> {
  await sql`SELECT pg_notify(${EVENT_CHANNEL}, ${JSON.stringify({ ...event, heardBy })})`.execute(db);
}

/** Undefined for what another version of ours may say on the same channel, and for what this process has heard. */
export function parseEvent(payload: string, process: string): CatalogEvent | undefined {
  try {
    const { heardBy, ...event } = JSON.parse(payload) as Partial<CatalogEvent> & { heardBy?: string };
    if (heardBy === process) return undefined;
    return typeof idOf(event) === 'string' ? (event as CatalogEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** What watchers are told, in this process or another: carried by LISTEN and NOTIFY on both engines. */
import { sql } from 'kysely';
import type { Db } from './handle.ts';
import type { EpisodeState, ExportState } from './schema.ts';

export interface EpisodeEvent {
  type: 'episode';
  guildId: string;
  showId: string;
  sessionId: string;
  episodeId: string;
  state: EpisodeState;
  /** Of the work that the state names: 0 to 100. */
  percent?: number;
}

export interface ExportEvent {
  type: 'export';
  guildId: string;
  sessionId: string;
  exportId: string;
  state: ExportState;
  /** Of the making: 0 to 100. */
  percent?: number;
}

export type CatalogEvent = EpisodeEvent | ExportEvent;

/** The channel that all processes of an installation listen on. */
export const EVENT_CHANNEL = 'stagecast_events';

/** Tells the watchers; inside a transaction, once it commits. */
export async function notifyIn(db: Db, event: CatalogEvent): Promise<void> {
  await sql`SELECT pg_notify(${EVENT_CHANNEL}, ${JSON.stringify(event)})`.execute(db);
}

/** Undefined for what another version of ours may say on the same channel. */
export function parseEvent(payload: string): CatalogEvent | undefined {
  try {
    const event = JSON.parse(payload) as Partial<CatalogEvent>;
    const id =
      event.type === 'episode' ? event.episodeId : event.type === 'export' ? event.exportId : undefined;
    return typeof id === 'string' ? (event as CatalogEvent) : undefined;
  } catch {
    return undefined;
  }
}

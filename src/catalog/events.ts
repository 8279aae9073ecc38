/** What watchers are told, in this process or another: carried by LISTEN and NOTIFY on both engines. */
import type { EpisodeState } from './schema.ts';

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

export type CatalogEvent = EpisodeEvent;

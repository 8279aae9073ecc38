/** The few ways in which the catalog says no. Messages are for logs; what a member reads of them stands in templates/messages. */
import type { EpisodeState, ExportState, WebinarState } from './schema.ts';

export type CatalogNoun =
  'server' | 'show' | 'webinar' | 'session' | 'episode' | 'export' | 'show or webinar';

/** There is no such row, or it belongs to another server; the two are told apart to nobody. */
export class NotInCatalogError extends Error {
  override name = 'NotInCatalogError';
  readonly noun: CatalogNoun;
  constructor(noun: CatalogNoun) {
    super(`There is no such ${noun} in this server.`);
    this.noun = noun;
  }
}

/** A row as it stands when a step does not fit. Titles are as people typed them. */
export type Standing =
  | { noun: 'webinar'; state: WebinarState; title: string }
  | { noun: 'episode'; state: EpisodeState; title: string; failure: string | null }
  /** There is no recording of it that it could be made from. */
  | { noun: 'imported episode'; state: EpisodeState; title: string }
  | { noun: 'export'; state: ExportState };

/** What was asked does not fit the state the row is in. */
export class StateError extends Error {
  override name = 'StateError';
  readonly standing: Standing;
  constructor(standing: Standing) {
    super(`The ${standing.noun} is in the state "${standing.state}", which this does not fit.`);
    this.standing = standing;
  }
}

/** The server that DATABASE_URL names cannot be used now; it may come back. */
export class DatabaseUnavailableError extends Error {
  override name = 'DatabaseUnavailableError';
}

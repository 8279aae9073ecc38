/** The few ways in which the catalog says no. Each message is a sentence for the person who asked. */

/** There is no such row, or it belongs to another server; the two are told apart to nobody. */
export class NotInCatalogError extends Error {
  override name = 'NotInCatalogError';
  readonly noun: string;
  constructor(noun: string) {
    super(`There is no such ${noun} in this server. Pick one from the list that the command offers.`);
    this.noun = noun;
  }
}

/** What was asked does not fit the state the row is in; `state` says which. */
export class StateError extends Error {
  override name = 'StateError';
  readonly state: string;
  constructor(message: string, state: string) {
    super(message);
    this.state = state;
  }
}

/** The server that DATABASE_URL names cannot be used now; it may come back. */
export class DatabaseUnavailableError extends Error {
  override name = 'DatabaseUnavailableError';
}

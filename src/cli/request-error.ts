/** What was asked for on the command line cannot be done as it stands; the message says why, and what to give instead. */
export class RequestError extends Error {
  override name = 'RequestError';
}

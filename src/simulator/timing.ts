/** How long Discord and the people at its clients wait. Tests shorten what they do not want to sit through. */

export interface Timing {
  /** Docs, Receiving and Responding: three seconds to acknowledge; afterwards the interaction is unknown (10062). */
  readonly acknowledgeWithinMs: number;
  /** A deferred answer may take long; a person would have given up by now. */
  readonly answerWithinMs: number;
  /** Docs, "Interaction Tokens": valid for 15 minutes, on the simulation clock. */
  readonly tokenLifetimeMs: number;
  /**
   * How long a gateway session outlives a broken connection, on the simulation clock. Discord does not document it;
   * libraries resume within a minute or two.
   */
  readonly sessionOutlivesMs: number;
}

export const DISCORD_TIMING: Timing = {
  acknowledgeWithinMs: 3000,
  answerWithinMs: 20_000,
  tokenLifetimeMs: 15 * 60_000,
  sessionOutlivesMs: 3 * 60_000,
};

/** The recorder's clock: injected everywhere, so that hours of recording are tested in milliseconds. */

export interface Clock {
  /** Monotonic microseconds since an arbitrary moment; never goes back, knows nothing of the time of day. */
  nowUs(): number;
}

/** The machine's monotonic clock (`performance.now()` is milliseconds with a sub-microsecond fraction). */
export const systemClock: Clock = { nowUs: () => Math.round(performance.now() * 1000) };

/** The time of day at which an export begins, in the words of broadcast files. Pure. */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';

export interface Origin {
  /** `2026-11-22` */
  date: string;
  /** `19:00:00` */
  time: string;
  /** 48 kHz samples since local midnight, by the clock on the wall. */
  samplesFromMidnight: number;
}

/** Of the moment `fromUs` on the clock of a session that started at `startedAtMs`, in an IANA time zone. */
export function originOf(startedAtMs: number, fromUs: number, timeZone: string): Origin {
  const moment = Temporal.Instant.fromEpochMilliseconds(startedAtMs)
    .add({ microseconds: fromUs })
    .toZonedDateTimeISO(timeZone);
  const clock = moment.toPlainTime();
  // Not the time that has passed since midnight: on two days of the year that is an hour off from what clocks show.
  const ns = clock.since(new Temporal.PlainTime()).total('nanoseconds');
  return {
    date: moment.toPlainDate().toString(),
    time: clock.toString({ smallestUnit: 'second' }),
    samplesFromMidnight: Math.round((ns * (SAMPLE_RATE_HZ / 1000)) / 1_000_000),
  };
}

/** Times as a host types them. A plain local time is read in the server's time zone; DST is Temporal's business. */

const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})$/;
const SOON = /^in\s+(\d{1,4})\s*(minutes?|min|m|hours?|h|days?|d)$/i;

/**
 * `2026-12-01 19:00`, an ISO instant, or `in 20 minutes`. Undefined when it is none of them, or no such day exists. A local
 * time that a clock change skips or repeats is taken as Temporal's `compatible`: the later, and the first.
 */
export function parseWhen(
  text: string,
  timeZone: string,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const typed = text.trim();
  const soon = SOON.exec(typed);
  if (soon) {
    const count = Number(soon[1]);
    const unit = soon[2]!.toLowerCase();
    // A day later at the same time of day, also across a clock change.
    if (unit.startsWith('d')) return now.toZonedDateTimeISO(timeZone).add({ days: count }).toInstant();
    return now.add({ minutes: unit.startsWith('h') ? count * 60 : count });
  }
  try {
    const local = LOCAL.exec(typed);
    if (local)
      return Temporal.PlainDateTime.from(`${local[1]!}T${local[2]!.padStart(2, '0')}:${local[3]!}`)
        .toZonedDateTime(timeZone)
        .toInstant();
    return Temporal.Instant.from(typed);
  } catch {
    return undefined;
  }
}

/** `90`, `1:30` or `0:01:30.5` from the start of a recording, in microseconds. Undefined when it is none of them. */
export function parseClock(text: string): number | undefined {
  const parts = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d{1,6})?)$/.exec(text.trim());
  if (parts === null) return undefined;
  const [hours, minutes, seconds] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return Math.round(((hours! * 60 + minutes!) * 60 + seconds!) * 1e6);
}

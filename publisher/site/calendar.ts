/** A show's upcoming webinars as an iCalendar feed (RFC 5545), for calendars to subscribe to. */
import ical, { ICalEventStatus } from 'ical-generator';
import type { Show, Webinar } from '../../src/catalog/index.ts';
import { clean, cleanLine, withoutBidiControls } from '../feed/xml.ts';

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';
const MAX_DESCRIPTION_CHARACTERS = 4000;
const MINUTE_MS = 60_000;
/** A webinar that nobody started by then will not be. */
const LATEST_START_MS = 60 * MINUTE_MS;

export const endsAt = ({ starts_at, duration_minutes }: Webinar): Date =>
  new Date(starts_at.getTime() + duration_minutes * MINUTE_MS);

/** Live ones, and planned ones that may still begin; the earliest first. */
export const stillToCome = (webinars: readonly Webinar[], nowMs: number): Webinar[] =>
  webinars
    .filter(
      (webinar) =>
        webinar.state === 'live' ||
        (webinar.state === 'scheduled' && webinar.starts_at.getTime() + LATEST_START_MS > nowMs),
    )
    .toSorted((a, b) => a.starts_at.getTime() - b.starts_at.getTime());

/**
 * Where Discord shows an event of a server; only its members get further. The form that its own client copies, and that
 * unfurls in messages.
 */
export const eventUrl = ({ guild_id, scheduled_event_id }: Webinar): string | undefined =>
  scheduled_event_id === null ? undefined : `https://discord.com/events/${guild_id}/${scheduled_event_id}`;

/** The same bytes for the same webinars: a moment of making would change them at every look. */
export function renderCalendar(
  show: Pick<Show, 'title'>,
  webinars: readonly Webinar[],
  pageUrl: string,
): string {
  const calendar = ical({
    name: cleanLine(show.title),
    prodId: { company: 'Stagecast', product: 'Stagecast', language: 'EN' },
    // RFC 7986 section 5.7: how often it is worth looking again.
    ttl: 60 * 60,
    url: pageUrl,
  });
  for (const webinar of webinars) {
    const url = eventUrl(webinar);
    const description = withoutBidiControls(clean(webinar.description.slice(0, MAX_DESCRIPTION_CHARACTERS)));
    calendar.createEvent({
      // RFC 7986 section 5.3: globally unique by itself.
      id: webinar.id,
      // UTC instants: every calendar shows them in its owner's own zone.
      start: webinar.starts_at,
      end: endsAt(webinar),
      stamp: webinar.created_at,
      summary: cleanLine(webinar.title),
      description: description.trim() === '' ? null : description,
      status: ICalEventStatus.CONFIRMED,
      url: url ?? pageUrl,
      location: url === undefined ? 'Discord' : url,
    });
  }
  return calendar.toString();
}

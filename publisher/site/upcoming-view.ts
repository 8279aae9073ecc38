/** What the page of upcoming webinars says. */
import type { Show, Webinar } from '../../src/catalog/index.ts';
import type { UpcomingPageView, WebinarRow } from '../../templates/pages/views.ts';
import { notesToHtml } from '../feed/notes.ts';
import { cleanLine } from '../feed/xml.ts';
import { addressOf, calendarKey, hrefBetween, upcomingKey } from './addresses.ts';
import type { Assets } from './assets.ts';
import { eventUrl } from './calendar.ts';
import { pageAddress } from './own-domain.ts';
import { frameOf, hrefsOf, siteOf } from './views.ts';
import { roughDuration, usableLanguage } from './words.ts';

/** Beyond this a list is no programme any more; the calendar has them all. */
const MAX_WEBINARS = 20;
const MAX_DESCRIPTION_CHARACTERS = 600;

export interface Upcoming {
  show: Show;
  webinars: readonly Webinar[];
  baseUrl: string;
  /** IANA zone of the server. */
  timeZone: string;
}

export function upcomingView(upcoming: Upcoming, assets: Assets): UpcomingPageView {
  const { show, webinars, baseUrl, timeZone } = upcoming;
  const pageKey = upcomingKey(show.slug);
  const frame = frameOf({ show, baseUrl }, pageKey);
  const calendar = addressOf(baseUrl, calendarKey(show.slug));
  return {
    show: frame,
    ownUrl: pageAddress(siteOf({ show, baseUrl }), pageKey),
    webinars: webinars.slice(0, MAX_WEBINARS).map((webinar) => rowOf(webinar, show.language, timeZone)),
    calendarHref: hrefBetween(pageKey, calendarKey(show.slug)),
    // What calendars on phones and desktops open as a subscription, and not as a file of events.
    webcalUrl: calendar.replace(/^https?:/, 'webcal:'),
    assets: hrefsOf(assets, show, pageKey),
  };
}

function rowOf(webinar: Webinar, showLanguage: string, timeZone: string): WebinarRow {
  const language = usableLanguage(showLanguage);
  const { starts_at: start } = webinar;
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone }).format(start);
  const description = webinar.description.trim();
  const short =
    description.length > MAX_DESCRIPTION_CHARACTERS
      ? `${description.slice(0, MAX_DESCRIPTION_CHARACTERS)}…`
      : description;
  return {
    title: cleanLine(webinar.title),
    descriptionHtml: notesToHtml(short),
    startsIso: start.toISOString(),
    weekday: part({ weekday: 'long' }),
    day: part({ day: 'numeric' }),
    month: part({ month: 'long', year: 'numeric' }),
    time: part({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }),
    durationText: roughDuration(webinar.duration_minutes * 60e6, language),
    isLive: webinar.state === 'live',
    eventUrl: eventUrl(webinar),
  };
}

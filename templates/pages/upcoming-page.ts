/** The webinars of a show that are still to come, as a season's programme, with a feed for calendars. */
import { html, raw } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import { showMasthead } from './parts.ts';
import type { UpcomingPageView, WebinarRow } from './views.ts';

export function upcomingPage({ show, webinars, ownUrl, assets, ...links }: UpcomingPageView): Markup {
  return layout({
    title: `Upcoming · ${show.title}`,
    description: `When ${show.title} is live next`,
    assets,
    head: html`<link rel="canonical" href="${ownUrl}" />
      <link rel="alternate" type="text/calendar" href="${links.calendarHref}" title="${show.title}" />`,
    body: html`${showMasthead(show)}
      <main id="main" class="page page-inner">
        <p class="label">Live on stage</p>
        <h1>Upcoming</h1>
        ${
          webinars.length === 0
            ? html`<p class="lead">
                Nothing is planned at the moment. The calendar below will have the next date as soon as there
                is one.
              </p>`
            : html`<ol class="season">
                ${webinars.map((webinar) => webinarRow(webinar, show.language))}
              </ol>`
        }
        <p class="downloads">
          <a href="${links.webcalUrl}">Subscribe in a calendar</a>
          <a href="${links.calendarHref}">Calendar file</a>
          <a href="${show.href}">Past episodes</a>
        </p>
      </main>`,
  });
}

function webinarRow(webinar: WebinarRow, language: string): Markup {
  return html`<li class="evening">
    <time datetime="${webinar.startsIso}">
      <span class="weekday" lang="${language}">${webinar.weekday}</span>
      <span class="day">${webinar.day}</span>
      <span class="month" lang="${language}">${webinar.month}</span>
    </time>
    <div>
      <p class="label">
        ${webinar.isLive ? html`<strong class="live">Live now</strong> <span aria-hidden="true">·</span>` : ''}
        ${webinar.time} <span aria-hidden="true">·</span> ${webinar.durationText}
      </p>
      <h2 dir="auto" lang="${language}">${webinar.title}</h2>
      ${
        webinar.descriptionHtml === ''
          ? ''
          : html`<div class="prose" dir="auto" lang="${language}">${raw(webinar.descriptionHtml)}</div>`
      }
      ${
        webinar.eventUrl === undefined
          ? ''
          : html`<p><a href="${webinar.eventUrl}">Take part on Discord</a></p>`
      }
    </div>
  </li>`;
}

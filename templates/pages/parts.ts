/** Parts that several pages share. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';
import type { EpisodeRow, FollowLink, ShowFrame } from './views.ts';

const mark = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <circle cx="12" cy="18" r="2.2" />
  <path d="M6.5 18a5.5 5.5 0 0 1 11 0M2.5 18a9.5 9.5 0 0 1 19 0" />
</svg>`;

export function masthead(
  link: { href: string; label: string; language?: string },
  more: FollowLink[] = [],
): Markup {
  return html`<header class="masthead">
    <a class="masthead-link" href="${link.href}">
      ${mark}
      <bdi lang="${link.language ?? 'en'}">${link.label}</bdi>
    </a>
    ${
      more.length === 0
        ? ''
        : html`<nav class="masthead-more" aria-label="This show">
            ${more.map(({ label, href }) => html`<a href="${href}">${label}</a>`)}
          </nav>`
    }
  </header>`;
}

/** The masthead of every page below a show. */
export const showMasthead = ({ href, title, language, upcomingHref }: ShowFrame): Markup =>
  masthead({ href, label: title, language }, [{ label: 'Upcoming', href: upcomingHref }]);

export function followLinks(links: FollowLink[]): Markup {
  return html`<nav class="follow" aria-labelledby="follow-title">
    <h2 id="follow-title" class="label">Follow the show</h2>
    <ul>
      ${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}
    </ul>
  </nav>`;
}

export function episodeList(episodes: EpisodeRow[], language: string): Markup {
  return html`<ol class="episodes" reversed>
    ${episodes.map((episode) => episodeRow(episode, language))}
  </ol>`;
}

function episodeRow(episode: EpisodeRow, language: string): Markup {
  return html`<li class="episode">
    <p class="when">
      <time datetime="${episode.publishedIso}">${episode.publishedText}</time>
      ${episode.ordinal === '' ? '' : html`<span class="ordinal">${episode.ordinal}</span>`}
    </p>
    <div>
      <h3 dir="auto" lang="${language}"><a href="${episode.href}">${episode.title}</a></h3>
      ${episode.excerpt === '' ? '' : html`<p dir="auto" lang="${language}">${episode.excerpt}</p>`}
    </div>
    <span class="length">${episode.durationText}</span>
  </li>`;
}

/** Ways to the pages beside this one. */
export function pager(links: { newerHref?: string; olderHref?: string | undefined }): Markup | string {
  if (links.newerHref === undefined && links.olderHref === undefined) return '';
  return html`<nav class="pager" aria-label="More episodes">
    ${links.newerHref === undefined ? '' : html`<a href="${links.newerHref}" rel="prev">Newer episodes</a>`}
    ${links.olderHref === undefined ? '' : html`<a href="${links.olderHref}" rel="next">Older episodes</a>`}
  </nav>`;
}

/** Parts that several pages share. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';
import type { FollowLink } from './views.ts';

export function masthead(link: { href: string; label: string; language?: string }): Markup {
  return html`<header class="masthead">
    <a class="masthead-link" href="${link.href}">
      <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <circle cx="12" cy="18" r="2.2" />
        <path d="M6.5 18a5.5 5.5 0 0 1 11 0M2.5 18a9.5 9.5 0 0 1 19 0" />
      </svg>
      <bdi lang="${link.language ?? 'en'}">${link.label}</bdi>
    </a>
  </header>`;
}

export function followLinks(links: FollowLink[]): Markup {
  return html`<nav class="follow" aria-labelledby="follow-title">
    <h2 id="follow-title" class="label">Follow the show</h2>
    <ul>
      ${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}
    </ul>
  </nav>`;
}

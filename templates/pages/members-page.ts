/** A member's way from the private link to their app. */
import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import type { AssetHrefs, FollowLink } from './views.ts';

export interface MembersPageView {
  title: string;
  feedUrl: string;
  links: FollowLink[];
  texts: {
    pageTitle: (show: string) => string;
    pageLead: string;
    pageCopy: string;
    pageWarning: string;
    pageSpotify: string;
  };
  assets: AssetHrefs;
}

export function membersPage({ title, feedUrl, links, texts, assets }: MembersPageView): Markup {
  const heading = texts.pageTitle(title);
  return layout({
    ...{ title: heading, description: texts.pageLead, assets, hidden: true },
    body: html`<main id="main" class="page page-message">
      <h1 dir="auto">${heading}</h1>
      <p class="lead">${texts.pageLead}</p>
      <ul class="files">
        ${links.map(({ label, href }) => html`<li><a href="${href}" rel="noreferrer">${label}</a></li>`)}
      </ul>
      <p>${texts.pageCopy}</p>
      <p><code class="address">${feedUrl}</code></p>
      <p>${texts.pageSpotify}</p>
      <p>${texts.pageWarning}</p>
    </main>`,
  });
}

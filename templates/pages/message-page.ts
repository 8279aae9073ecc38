/** The page of an answer that is not what was asked for: what happened, and the remedy. */
import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import type { MessagePageView } from './views.ts';

export function messagePage({ title, what, remedy, link, assets }: MessagePageView): Markup {
  return layout({
    title,
    description: what,
    assets,
    hidden: true,
    body: html`<main id="main" class="page page-message">
      <h1>${title}</h1>
      <p class="lead">${what}</p>
      <p>${remedy}</p>
      ${link === undefined ? '' : html`<p><a href="${link.href}">${link.label}</a></p>`}
    </main>`,
  });
}

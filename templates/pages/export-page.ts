/** What was made for producers: all of it at once, or file by file; or how far it is. */
import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import type { ExportPageView, FileLink } from './views.ts';

export function exportPage(view: ExportPageView): Markup {
  const title = view.state === 'ready' ? view.title : 'Tracks for producers';
  return layout({
    ...{ title, description: view.formatText, assets: view.assets, hidden: true },
    // Without a script: the page looks again by itself.
    ...(view.state === 'making' ? { head: html`<meta http-equiv="refresh" content="3" />` } : {}),
    body: html`<main id="main" class="page page-message">
      <p class="label">${view.formatText}</p>
      <h1 dir="auto">${title}</h1>
      ${contentOf(view)}
    </main>`,
  });
}

function contentOf(view: ExportPageView): Markup {
  if (view.state === 'making')
    return html`<p class="lead">Being made: ${view.percent} %</p>
      <p><progress max="100" value="${view.percent}">${view.percent} %</progress></p>
      <p>This page looks again by itself, and the link stays the same.</p>`;
  if (view.state === 'failed')
    return html`<p class="lead">These tracks could not be made.</p>
      <p>${view.failure}</p>
      <p>The recording itself is untouched. Ask for the tracks once more in Discord.</p>`;
  return html`<p class="lead">${fileLink(view.all)}</p>
    <ul class="files">
      ${view.files.map((file) => html`<li>${fileLink(file)}</li>`)}
    </ul>
    <p>
      Every track begins at the same moment: put them all at zero and they are in step. The link works for
      everybody who has it, until ${view.until}; downloads that break off can be resumed.
    </p>`;
}

const fileLink = ({ label, href, sizeText }: FileLink): Markup =>
  html`<a href="${href}"><bdi>${label}</bdi></a> <span class="length">${sizeText}</span>`;

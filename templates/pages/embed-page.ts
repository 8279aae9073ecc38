/** An episode's player for other people's pages: a card that links back. */
import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import { chapterList, playerSection } from './player.ts';
import type { EmbedPageView } from './views.ts';

export function embedPage({
  title,
  language,
  show,
  pageUrl,
  coverHref,
  player,
  assets,
}: EmbedPageView): Markup {
  return layout({
    title: `${title} · ${show.title}`,
    description: `Listen to ${title}, from ${show.title}`,
    assets,
    // The episode's own page is the one to find.
    hidden: true,
    embedded: true,
    head: html`<link rel="canonical" href="${pageUrl}" />
      <script type="module" src="${assets.player}"></script>`,
    body: html`<main class="embed">
      <img class="cover" src="${coverHref}" width="448" height="448" alt="" />
      <div class="embed-words">
        <h1 dir="auto" lang="${language}"><a href="${pageUrl}">${title}</a></h1>
        <p class="byline">
          <a href="${show.pageUrl}"><bdi lang="${language}">${show.title}</bdi></a>
        </p>
      </div>
      ${playerSection(player)}
      ${
        player.chapters.length > 1
          ? html`<details class="chapters">
              <summary class="label">Chapters</summary>
              ${chapterList(player.chapters, language)}
            </details>`
          : ''
      }
    </main>`,
  });
}

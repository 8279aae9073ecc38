/** The front page: every show that has published something. */
import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import type { IndexPageView } from './views.ts';

export function indexPage({ shows, opmlHref, assets }: IndexPageView): Markup {
  return layout({
    title: 'Shows',
    description: 'Podcasts recorded live on stage.',
    assets,
    head: html`<link rel="alternate" type="text/x-opml" href="${opmlHref}" title="Every show" />`,
    body: html`<main id="main" class="page page-index">
      <h1>Shows</h1>
      ${
        shows.length === 0
          ? html`<p class="lead">
              Nothing has been published here yet. The first episode will bring its show here.
            </p>`
          : html`<ul class="shelf">
                ${shows.map(
                  (show) =>
                    html`<li>
                      <img
                        class="cover"
                        src="${show.coverHref}"
                        width="448"
                        height="448"
                        alt=""
                        loading="lazy"
                      />
                      <div>
                        <h2 dir="auto"><a href="${show.href}">${show.title}</a></h2>
                        <p class="byline">By <bdi>${show.author}</bdi></p>
                        <p dir="auto">${show.excerpt}</p>
                      </div>
                    </li>`,
                )}
              </ul>
              <p class="downloads"><a href="${opmlHref}">Every feed as OPML</a></p>`
      }
    </main>`,
  });
}

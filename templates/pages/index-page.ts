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
                      <a href="${show.href}">
                        <img
                          class="cover"
                          src="${show.coverHref}"
                          width="448"
                          height="448"
                          alt=""
                          loading="lazy"
                        />
                        <h2 dir="auto">${show.title}</h2>
                      </a>
                      <p class="byline">By <bdi>${show.author}</bdi></p>
                      <p dir="auto">${show.excerpt}</p>
                    </li>`,
                )}
              </ul>
              <p class="downloads"><a href="${opmlHref}">Every feed as OPML</a></p>`
      }
    </main>`,
  });
}

/** The frame of every page: head, skip link, footer. */
import { html } from 'hono/html';
import type { AssetHrefs } from './views.ts';

export type Markup = ReturnType<typeof html>;

export interface Layout {
  title: string;
  description: string;
  assets: AssetHrefs;
  /** Markup for the head, such as OpenGraph tags. */
  head?: Markup;
  /** Keeps the page out of search engines. */
  hidden?: boolean;
  /** A page inside other people's pages: nothing but its body, and its links open outside. */
  embedded?: boolean;
  body: Markup;
}

export function layout(page: Layout): Markup {
  const { title, description, assets, head, hidden = false, embedded = false, body } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <meta name="description" content="${description}" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f7f4ee" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#141116" media="(prefers-color-scheme: dark)" />
        ${hidden ? html`<meta name="robots" content="noindex" />` : ''}
        <link rel="icon" href="${assets.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${assets.styles}" />
        ${assets.brand === undefined ? '' : html`<link rel="stylesheet" href="${assets.brand}" />`}
        ${head ?? ''} ${embedded ? html`<base target="_blank" />` : ''}
      </head>
      ${
        embedded
          ? html`<body class="embedded">
              ${body}
            </body>`
          : html`<body>
              <a class="skip" href="#main">Skip to content</a>
              ${body}
              <footer class="foot">
                <span>Recorded on Discord, one track per voice.</span>
                <span>Published with Stagecast</span>
              </footer>
            </body>`
      }
    </html> `;
}

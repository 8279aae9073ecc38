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
  body: Markup;
}

export function layout({ title, description, assets, head, hidden = false, body }: Layout): Markup {
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
        ${head ?? ''}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${body}
        <footer class="foot">
          <span>Recorded on Discord, one track per voice.</span>
          <span>Published with Stagecast</span>
        </footer>
      </body>
    </html> `;
}

export interface SocialCard {
  kind: 'website' | 'music.song';
  title: string;
  description: string;
  pageUrl: string;
  imageUrl: string;
  siteName: string;
  audio?: { url: string; mimeType: string };
  feed: { url: string; title: string };
}

/** Canonical address, the feed for readers and browsers, and what a link preview shows. */
export function socialHead(card: SocialCard): Markup {
  return html`<link rel="canonical" href="${card.pageUrl}" />
    <link rel="alternate" type="application/rss+xml" href="${card.feed.url}" title="${card.feed.title}" />
    <meta property="og:type" content="${card.kind}" />
    <meta property="og:title" content="${card.title}" />
    <meta property="og:description" content="${card.description}" />
    <meta property="og:url" content="${card.pageUrl}" />
    <meta property="og:site_name" content="${card.siteName}" />
    <meta property="og:image" content="${card.imageUrl}" />
    <meta property="og:image:alt" content="Cover of ${card.siteName}" />
    ${
      card.audio === undefined
        ? ''
        : html`<meta property="og:audio" content="${card.audio.url}" />
            <meta property="og:audio:type" content="${card.audio.mimeType}" />`
    }
    <meta name="twitter:card" content="summary" />`;
}

/** What link previews, feed readers, search engines and sites that embed look for in the head of a page. */
import { html, raw } from 'hono/html';
import type { Markup } from './layout.ts';
import type { CoverView } from './views.ts';

export interface SocialCard {
  kind: 'website' | 'music.song';
  title: string;
  description: string;
  pageUrl: string;
  cover: CoverView;
  siteName: string;
  language: string;
  feed: { url: string; title: string };
  audio?: { url: string; mimeType: string; durationSeconds: number } | undefined;
  /** The player for other sites, and where they learn of it. */
  embed?: { url: string; oembedUrl: string; width: number; height: number };
  /** JSON-LD that is safe inside an element. */
  structuredData: string;
}

export function socialHead(card: SocialCard): Markup {
  const { cover, audio, embed } = card;
  const property = (name: string, content: string | number) =>
    html`<meta property="og:${name}" content="${content}" />`;
  // twitter:player takes https alone; without it the picture does.
  const playable = embed?.url.startsWith('https:') ? embed : undefined;
  return html`<link rel="canonical" href="${card.pageUrl}" />
    <link rel="alternate" type="application/rss+xml" href="${card.feed.url}" title="${card.feed.title}" />
    ${property('type', card.kind)} ${property('title', card.title)}
    ${property('description', card.description)} ${property('url', card.pageUrl)}
    ${property('site_name', card.siteName)} ${property('locale', card.language.replaceAll('-', '_'))}
    ${property('image', cover.url)} ${property('image:alt', `Cover of ${card.siteName}`)}
    ${
      cover.sidePx === undefined
        ? ''
        : html`${property('image:width', cover.sidePx)} ${property('image:height', cover.sidePx)}`
    }
    ${
      audio === undefined
        ? ''
        : html`${property('audio', audio.url)} ${property('audio:type', audio.mimeType)}
            <meta property="music:duration" content="${audio.durationSeconds}" />`
    }
    <meta name="twitter:card" content="${playable === undefined ? 'summary' : 'player'}" />
    ${
      playable === undefined
        ? ''
        : html`<meta name="twitter:player" content="${playable.url}" />
            <meta name="twitter:player:width" content="${playable.width}" />
            <meta name="twitter:player:height" content="${playable.height}" />`
    }
    ${
      embed === undefined
        ? ''
        : html`<link
            rel="alternate"
            type="application/json+oembed"
            href="${embed.oembedUrl}"
            title="${card.title}"
          />`
    }
    <script type="application/ld+json">
      ${raw(card.structuredData)}
    </script>`;
}

/** An episode's page: the player, its chapters as a programme, the notes. Complete without the script. */
import { html, raw } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import { followLinks, showMasthead } from './parts.ts';
import { chapterList, downloads, playerSection } from './player.ts';
import { socialHead } from './social-head.ts';
import { transcriptSection } from './transcript.ts';
import type { EpisodePageView, TranscriptPageView } from './views.ts';

export function episodePage(episode: EpisodePageView, embedSize: { width: number; height: number }): Markup {
  const { show, language, player, assets, transcript, title } = episode;
  return layout({
    title: `${title} · ${show.title}`,
    description: episode.summary,
    assets,
    hidden: episode.unlisted,
    head: html`${headOf(episode, embedSize)}
      <script type="module" src="${assets.player}"></script>
      ${transcript === undefined ? '' : html`<script type="module" src="${assets.transcript}"></script>`}`,
    body: html`${showMasthead(show)}
      <main id="main" class="page">
        <section class="hero hero-episode">
          <div class="hero-words">
            <p class="label">
              ${episode.ordinal === '' ? '' : html`${episode.ordinal} <span aria-hidden="true">·</span>`}
              <time datetime="${episode.publishedIso}">${episode.publishedText}</time>
              <span aria-hidden="true">·</span> ${episode.durationText}
            </p>
            <h1 dir="auto" lang="${language}">${title}</h1>
            <p class="byline">
              From
              <a href="${show.href}"><bdi lang="${language}">${show.title}</bdi></a>
              ${episode.voices.length === 0 ? '' : voices(episode.voices)}
            </p>
            ${
              episode.unlisted
                ? html`<p class="note">
                    This episode is unlisted: it stands in no feed and on no list. Whoever has its address may
                    listen.
                  </p>`
                : ''
            }
          </div>
          <img class="cover" src="${episode.cover.href}" width="448" height="448" alt="" />
        </section>
        ${playerSection(player)} ${downloads(player.audio)}
        <div class="columns">
          <div class="column-main">
            ${
              episode.notesHtml === ''
                ? ''
                : html`<section aria-labelledby="notes-title">
                    <h2 id="notes-title" class="label">Notes</h2>
                    <div class="prose" dir="auto" lang="${language}">${raw(episode.notesHtml)}</div>
                  </section>`
            }
            ${followLinks(episode.follow)}
          </div>
          ${
            player.chapters.length === 0
              ? ''
              : html`<section class="chapters" aria-labelledby="chapters-title">
                  <h2 id="chapters-title" class="label">Chapters</h2>
                  ${chapterList(player.chapters, language)}
                  ${player.moreChapters === 0 ? '' : html`<p class="byline">And ${player.moreChapters} more in the audio itself.</p>`}
                </section>`
          }
        </div>
        ${transcript === undefined ? '' : transcriptSection(transcript)}
      </main>`,
  });
}

/** Names in isolation: each may be written in another direction. */
function voices(names: string[]): Markup {
  return html`<span class="voices"
    >with
    ${names.map(
      (name, index) => html`<bdi>${name}</bdi>${index < names.length - 1 ? raw(',&#32;') : ''}`,
    )}</span
  >`;
}

function headOf(episode: EpisodePageView, embedSize: { width: number; height: number }): Markup {
  const { show, player, title, language, cover } = episode;
  const [main] = player.audio;
  return socialHead({
    kind: 'music.song',
    ...{ title, language, cover, description: episode.summary, siteName: show.title },
    pageUrl: episode.pageUrl,
    feed: { url: show.feedUrl, title: show.title },
    audio: main && { url: main.url, mimeType: main.mimeType, durationSeconds: player.durationSeconds },
    embed: { url: episode.embedUrl, oembedUrl: episode.oembedUrl, ...embedSize },
    structuredData: episode.structuredData,
  });
}

/** A later part of a long transcript. The script of the episode's page brings the parts together. */
export function transcriptPage(page: TranscriptPageView): Markup {
  return layout({
    title: `Transcript of ${page.title}, ${page.placeText}`,
    description: `What was said in ${page.title}, ${page.placeText}`,
    assets: page.assets,
    hidden: page.unlisted,
    head: html`<link rel="canonical" href="${page.ownUrl}" />`,
    body: html`${showMasthead(page.show)}
      <main id="main" class="page page-inner">
        <p class="label">${page.placeText}</p>
        <h1 class="h1-small" dir="auto" lang="${page.language}">
          <a href="${page.episodeHref}">${page.title}</a>
        </h1>
        ${transcriptSection(page.transcript, page.episodeHref)}
      </main>`,
  });
}

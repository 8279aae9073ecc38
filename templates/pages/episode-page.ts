/** An episode's page: the player, its chapters as a programme, the notes. Complete without the script. */
import { html, raw } from 'hono/html';
import { layout, type Markup, socialHead } from './layout.ts';
import { followLinks, masthead } from './parts.ts';
import type { AudioFile, ChapterRow, EpisodePageView, TranscriptView } from './views.ts';

export function episodePage(episode: EpisodePageView): Markup {
  const { show, language } = episode;
  const [main] = episode.audio;
  return layout({
    title: `${episode.title} · ${show.title}`,
    description: episode.summary,
    assets: episode.assets,
    head: html`${socialHead({
        kind: 'music.song',
        title: episode.title,
        description: episode.summary,
        pageUrl: episode.pageUrl,
        imageUrl: episode.coverUrl,
        siteName: show.title,
        ...(main === undefined ? {} : { audio: { url: main.url, mimeType: main.mimeType } }),
        feed: { url: show.feedUrl, title: show.title },
      })}
      <script src="${episode.assets.script}" defer></script>`,
    body: html`${masthead({ href: show.href, label: show.title, language })}
      <main id="main" class="page">
        <section class="hero hero-episode">
          <img class="cover" src="${episode.coverHref}" width="1400" height="1400" alt="" />
          <div class="hero-words">
            <p class="label">
              <time datetime="${episode.publishedIso}">${episode.publishedText}</time>
              <span aria-hidden="true">·</span> ${episode.durationText}
            </p>
            <h1 dir="auto" lang="${language}">${episode.title}</h1>
            <p class="byline">
              From
              <a href="${show.href}"><bdi lang="${language}">${show.title}</bdi></a>
            </p>
          </div>
        </section>
        <section class="player" aria-label="Player">
          <audio id="audio" controls preload="none">
            ${episode.audio.map(({ href, mimeType }) => html`<source src="${href}" type="${mimeType}" />`)}
          </audio>
          ${episode.chapters.length > 1 ? chapterStrip(episode.chapters) : ''} ${downloads(episode.audio)}
        </section>
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
          ${episode.chapters.length > 0 ? chapterList(episode.chapters, language) : ''}
        </div>
        ${episode.transcript === undefined ? '' : transcriptSection(episode.transcript)}
      </main>`,
  });
}

/** The episode's length as one line, cut where the chapters begin. The list below says the same in words. */
function chapterStrip(chapters: ChapterRow[]): Markup {
  const durationSeconds = Math.max(
    ...chapters.map((chapter) => chapter.exactStartSeconds + chapter.durationSeconds),
  );
  const gap = durationSeconds / 300;
  return html`<svg
    class="strip"
    viewBox="0 0 ${durationSeconds} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${chapters.map(
      ({ startSeconds, exactStartSeconds, durationSeconds: length }) =>
        html`<a href="?t=${startSeconds}" tabindex="-1">
          <rect x="${exactStartSeconds}" width="${Math.max(length - gap, gap)}" height="10" />
        </a>`,
    )}
    <rect id="played" class="played" width="0" height="10" />
  </svg>`;
}

function chapterList(chapters: ChapterRow[], language: string): Markup {
  return html`<section class="chapters" aria-labelledby="chapters-title">
    <h2 id="chapters-title" class="label">Chapters</h2>
    <ol>
      ${chapters.map(
        ({ title, startSeconds, startText }) =>
          html`<li>
            <a href="?t=${startSeconds}" data-start="${startSeconds}">
              <span class="chapter-title"><bdi lang="${language}">${title}</bdi></span>
              <span class="leader" aria-hidden="true"></span>
              <span class="time">${startText}</span>
            </a>
          </li>`,
      )}
    </ol>
  </section>`;
}

/**
 * Paragraph by paragraph, the speaker's name beside it. The times are links; the script makes each sentence one too, which
 * would be too many stops for a keyboard.
 */
function transcriptSection({ turns, files, hasHoles, language }: TranscriptView): Markup {
  return html`<section class="transcript" aria-labelledby="transcript-title">
    <header class="transcript-head">
      <h2 id="transcript-title" class="label">Transcript</h2>
      <p class="downloads">
        ${files.map(({ href, format }) => html`<a href="${href}" download>${format}</a>`)}
      </p>
    </header>
    <p class="transcript-hint">
      Written by a machine from each speaker’s own track; names and terms may be misheard.
      ${hasHoles ? 'Some of what was said is missing.' : ''}
    </p>
    ${turns.map(
      ({ speaker, goesOn, startSeconds, startText, sentences }) =>
        html`<div class="turn${goesOn ? ' goes-on' : ''}">
          <p class="turn-head">
            <b><bdi>${speaker}</bdi></b> <a class="time" href="?t=${startSeconds}">${startText}</a>
          </p>
          <p class="turn-words" dir="auto" lang="${language}">
            ${sentences.map(({ text, startSeconds: at }) => html`<span data-at="${at}">${text}</span> `)}
          </p>
        </div>`,
    )}
  </section>`;
}

function downloads(files: AudioFile[]): Markup {
  return html`<p class="downloads">
    Download
    ${files.map(
      ({ href, format, sizeText }) =>
        html`<a href="${href}" download>${format} <span class="size">${sizeText}</span></a>`,
    )}
  </p>`;
}

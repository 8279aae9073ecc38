/** A transcript, or a part of one, set as a printed play: the speaker in the margin, the words beside. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';
import type { TranscriptTurn, TranscriptView } from './views.ts';

/**
 * Paragraph by paragraph, the speaker's name beside it. The times are links; the script makes each sentence one too, which
 * would be too many stops for a keyboard. `timesHref` is where the player stands.
 */
export function transcriptSection(transcript: TranscriptView, timesHref = ''): Markup {
  const { turns, files, hasHoles, language, parts } = transcript;
  return html`<section class="transcript" aria-labelledby="transcript-title">
    <header class="transcript-head">
      <h2 id="transcript-title" class="label">Transcript</h2>
      <form class="finder" role="search" aria-label="Search the transcript" hidden>
        <input
          type="search"
          id="find"
          aria-label="Search the transcript"
          placeholder="Search"
          autocomplete="off"
        />
        <span class="finder-steps" hidden>
          <span id="found" role="status"></span>
          <button type="button" data-find="-1" aria-label="Previous place">↑</button>
          <button type="button" data-find="1" aria-label="Next place">↓</button>
          <button type="button" data-find="play">Play it</button>
        </span>
      </form>
      <p class="downloads">
        ${files.map(({ href, format }) => html`<a href="${href}" download>${format}</a>`)}
      </p>
    </header>
    <p class="transcript-hint">
      Written by a machine from each speaker’s own track; names and terms may be misheard.
      ${hasHoles ? 'Some of what was said is missing.' : ''}
    </p>
    <div class="turns">${turns.map((turn) => turnMarkup(turn, language, timesHref))}</div>
    ${parts.length > 1 ? partsNav(parts) : ''}
  </section>`;
}

function turnMarkup(
  { speaker, goesOn, startSeconds, startText, sentences }: TranscriptTurn,
  language: string,
  timesHref: string,
): Markup {
  return html`<div class="turn${goesOn ? ' goes-on' : ''}">
    <p class="turn-head">
      <b><bdi>${speaker}</bdi></b> <a class="time" href="${timesHref}?t=${startSeconds}">${startText}</a>
    </p>
    <p class="turn-words" dir="auto" lang="${language}">
      ${sentences.map(({ text, startSeconds: at }) => html`<span data-at="${at}">${text}</span> `)}
    </p>
  </div>`;
}

function partsNav(parts: TranscriptView['parts']): Markup {
  return html`<nav class="parts" aria-label="Parts of the transcript">
    <ol>
      ${parts.map(({ href, startText, isThis }) =>
        isThis
          ? html`<li><a href="${href}" aria-current="page">${startText}</a></li>`
          : html`<li><a href="${href}" data-part>${startText}</a></li>`,
      )}
    </ol>
  </nav>`;
}

/** The player: the browser's own without a script, and with it a deck of our own around the same element. */
import { html, raw } from 'hono/html';
import type { Markup } from './layout.ts';
import type { AudioFile, ChapterRow, PlayerView } from './views.ts';

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SLEEP_MINUTES = [10, 20, 30, 45, 60];

// Drawn on 24 units; the play button holds both of its faces.
const icon = (paths: string, name = '') =>
  html`<svg viewBox="0 0 24 24" ${name === '' ? '' : raw(`class="${name}" `)}aria-hidden="true">
    ${raw(paths)}
  </svg>`;
const ARROW_BACK = '<path d="M12 5V1L6.5 5.5 12 10V6.5a6.5 6.5 0 1 1-6.5 6.5H4a8 8 0 1 0 8-8z"/>';
const ARROW_ON = '<path d="M12 5V1l5.5 4.5L12 10V6.5a6.5 6.5 0 1 0 6.5 6.5H20a8 8 0 1 1-8-8z"/>';

const skip = (action: 'back' | 'on', seconds: number, label: string, key: string) =>
  html`<button type="button" data-do="${action}" aria-label="${label}" aria-keyshortcuts="${key}">
    ${icon(action === 'back' ? ARROW_BACK : ARROW_ON)}<span aria-hidden="true">${seconds}</span>
  </button>`;

/** Shortcuts work while the focus is inside the player, and nowhere else: WCAG 2.2, success criterion 2.1.4. */
const KEYS: [string, string][] = [
  ['K', 'play or pause'],
  ['J', 'back 15 seconds'],
  ['L', 'forward 30 seconds'],
  ['P', 'chapter before'],
  ['N', 'next chapter'],
  ['−', 'slower'],
  ['+', 'faster'],
];

export function playerSection(player: PlayerView): Markup {
  const { audio, chapters, lengthText } = player;
  return html`<section
    class="player"
    aria-label="Player"
    data-id="${player.id}"
    data-title="${player.title}"
    data-show="${player.showTitle}"
    data-author="${player.author}"
    data-cover="${player.coverUrl}"
    data-length="${player.durationSeconds}"
  >
    <audio id="audio" controls preload="none">
      ${audio.map(({ href, mimeType }) => html`<source src="${href}" type="${mimeType}" />`)}
    </audio>
    <div class="deck" hidden>
      <div class="deck-keys">
        ${skip('back', 15, 'Back 15 seconds', 'J')}
        <button type="button" class="play" data-do="play" aria-label="Play" aria-keyshortcuts="K">
          ${icon('<path d="M8 5v14l11-7z"/>', 'face-play')}
          ${icon('<path d="M7 5h3.5v14H7zM13.5 5H17v14h-3.5z"/>', 'face-pause')}
        </button>
        ${skip('on', 30, 'Forward 30 seconds', 'L')}
      </div>
      <div class="deck-line">
        <p class="deck-chapter" id="deck-chapter"></p>
        <div class="track">
          ${chapters.length > 1 ? chapterStrip(chapters, player.durationSeconds) : html`<span class="rail"></span>`}
          <input
            id="seek"
            type="range"
            min="0"
            max="${player.durationSeconds}"
            step="1"
            value="0"
            aria-label="Position"
          />
        </div>
        <p class="clock"><span id="now">0:00</span> <span>${lengthText}</span></p>
      </div>
      <div class="deck-more">
        <label
          >Speed
          <select id="speed">
            ${SPEEDS.map(
              (speed) =>
                html`<option value="${speed}" ${speed === 1 ? raw('selected') : ''}>${speed}×</option>`,
            )}
          </select>
        </label>
        <label
          >Sleep
          <select id="sleep">
            <option value="">off</option>
            ${SLEEP_MINUTES.map((minutes) => html`<option value="${minutes}">${minutes} min</option>`)}
            ${chapters.length > 1 ? html`<option value="chapter">chapter’s end</option>` : ''}
          </select>
        </label>
        <button type="button" class="quiet" data-do="link">Copy link to this place</button>
        <details class="keys">
          <summary>Keys</summary>
          <div>
            <p>While the focus is in the player:</p>
            <dl>
              ${KEYS.map(
                ([key, does]) =>
                  html`<div>
                    <dt><kbd>${key}</kbd></dt>
                    <dd>${does}</dd>
                  </div>`,
              )}
            </dl>
          </div>
        </details>
      </div>
      <p class="visually-hidden" role="status" id="said"></p>
    </div>
  </section>`;
}

/** The episode's length as one line, cut where the chapters begin. The list of chapters says the same in words. */
function chapterStrip(chapters: ChapterRow[], durationSeconds: number): Markup {
  const gap = durationSeconds / 300;
  return html`<svg
    class="strip"
    viewBox="0 0 ${durationSeconds} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${chapters.map(
      ({ exactStartSeconds, durationSeconds: length }) =>
        html`<rect x="${tenths(exactStartSeconds)}" width="${tenths(Math.max(length - gap, gap))}" />`,
    )}
    <rect id="played" class="played" width="0" />
  </svg>`;
}

const tenths = (seconds: number) => Math.round(seconds * 10) / 10;

/** The leader between title and time is drawn by the style sheet: a hundred chapters are a list, and stay light. */
export function chapterList(chapters: ChapterRow[], language: string): Markup {
  return html`<ol>
    ${chapters.map(
      ({ title, startSeconds, startText }) =>
        html`<li>
          <a href="?t=${startSeconds}"
            ><bdi lang="${language}">${title}</bdi> <span class="time">${startText}</span></a
          >
        </li>`,
    )}
  </ol>`;
}

export function downloads(files: AudioFile[]): Markup {
  return html`<p class="downloads">
    Download
    ${files.map(
      ({ href, format, sizeText }) =>
        html`<a href="${href}" download>${format} <span class="size">${sizeText}</span></a>`,
    )}
  </p>`;
}

/** A show's page: what it is, how to follow it, every episode. */
import { html, raw } from 'hono/html';
import { layout, type Markup, socialHead } from './layout.ts';
import { followLinks, masthead } from './parts.ts';
import type { EpisodeRow, ShowPageView } from './views.ts';

export function showPage(show: ShowPageView): Markup {
  return layout({
    title: show.title,
    description: show.description,
    assets: show.assets,
    head: socialHead({
      kind: 'website',
      title: show.title,
      description: show.description,
      pageUrl: show.pageUrl,
      imageUrl: show.coverUrl,
      siteName: show.title,
      feed: { url: show.feedUrl, title: show.title },
    }),
    body: html`${masthead({ href: show.homeHref, label: 'All shows' })}
      <main id="main" class="page">
        <section class="hero">
          <img class="cover" src="${show.coverHref}" width="1400" height="1400" alt="" />
          <div class="hero-words">
            <p class="label">Podcast</p>
            <h1 dir="auto" lang="${show.language}">${show.title}</h1>
            <p class="byline">By <bdi lang="${show.language}">${show.author}</bdi></p>
            <div class="prose lead" dir="auto" lang="${show.language}">${raw(show.descriptionHtml)}</div>
            ${followLinks(show.follow)}
          </div>
        </section>
        <section class="programme" aria-labelledby="episodes-title">
          <h2 id="episodes-title" class="label">
            ${show.episodes.length === 1 ? '1 episode' : `${show.episodes.length} episodes`}
          </h2>
          <ol class="episodes" reversed>
            ${show.episodes.map((episode) => episodeRow(episode, show.language))}
          </ol>
        </section>
      </main>`,
  });
}

function episodeRow(episode: EpisodeRow, language: string): Markup {
  return html`<li class="episode">
    <time class="when" datetime="${episode.publishedIso}">${episode.publishedText}</time>
    <div>
      <h3 dir="auto" lang="${language}"><a href="${episode.href}">${episode.title}</a></h3>
      ${episode.excerpt === '' ? '' : html`<p dir="auto" lang="${language}">${episode.excerpt}</p>`}
    </div>
    <span class="length">${episode.durationText}</span>
  </li>`;
}

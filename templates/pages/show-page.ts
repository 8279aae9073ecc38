/** A show's page: what it is, how to follow it, its newest episodes; and the pages of the older ones. */
import { html, raw } from 'hono/html';
import { layout, type Markup } from './layout.ts';
import { episodeList, followLinks, masthead, pager, showMasthead } from './parts.ts';
import { socialHead } from './social-head.ts';
import type { ArchivePageView, ShowPageView } from './views.ts';

export function showPage(show: ShowPageView): Markup {
  const { title, description, language, cover } = show;
  return layout({
    title,
    description,
    assets: show.assets,
    head: socialHead({
      kind: 'website',
      ...{ title, description, cover, language, siteName: title },
      pageUrl: show.pageUrl,
      feed: { url: show.feedUrl, title },
      structuredData: show.structuredData,
    }),
    body: html`${masthead({ href: show.homeHref, label: 'All shows' }, [
        { label: 'Upcoming', href: show.upcomingHref },
      ])}
      <main id="main" class="page">
        <section class="hero">
          <div class="hero-words">
            <p class="label">A podcast by <bdi lang="${language}">${show.author}</bdi></p>
            <h1 dir="auto" lang="${language}">${title}</h1>
            <div class="prose lead" dir="auto" lang="${language}">${raw(show.descriptionHtml)}</div>
            ${followLinks(show.follow)}
          </div>
          <img class="cover" src="${cover.href}" width="448" height="448" alt="" />
        </section>
        <section class="programme" aria-labelledby="episodes-title">
          <h2 id="episodes-title" class="label">
            ${show.episodeCount === 1 ? '1 episode' : `${show.episodeCount} episodes`}
          </h2>
          ${episodeList(show.episodes, language)} ${pager({ olderHref: show.olderHref })}
        </section>
      </main>`,
  });
}

export function archivePage(page: ArchivePageView): Markup {
  return layout({
    title: `Older episodes · ${page.title}`,
    description: `Episodes of ${page.title}: ${page.span}`,
    assets: page.assets,
    head: html`<link rel="canonical" href="${page.ownUrl}" />`,
    body: html`${showMasthead(page)}
      <main id="main" class="page page-inner">
        <p class="label">Older episodes</p>
        <h1 class="h1-small">${page.span}</h1>
        <section class="programme" aria-label="Episodes">
          ${episodeList(page.episodes, page.language)} ${pager(page)}
        </section>
      </main>`,
  });
}

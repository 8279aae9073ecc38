/** From a snapshot of a show to what its pages say. */
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { clockTime } from '../feed/dates.ts';
import { notesToHtml } from '../feed/notes.ts';
import { clean, cleanLine } from '../feed/xml.ts';
import type {
  AudioFile,
  EpisodePageView,
  FollowLink,
  IndexPageView,
  ShowPageView,
  TranscriptTurn,
} from '../../templates/pages/views.ts';
import { addressOf, episodePageKey, feedKey, hrefBetween, showPageKey } from './addresses.ts';
import { type Assets, assetHrefs } from './assets.ts';
import { enclosureOf } from './enclosures.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import { transcriptFilesOf } from './transcript.ts';
import { excerptOf, longDate, megabytes, roughDuration, usableLanguage } from './words.ts';

/**
 * Links that open a feed in an app. Forms: `pcast:` is Apple Podcasts' own; Overcast takes an x-callback-url; Pocket Casts
 * wants the address without its scheme; AntennaPod documents its link under "add on AntennaPod" on antennapod.org.
 */
function followLinksFor(feedUrl: string, title: string): FollowLink[] {
  const bare = feedUrl.replace(/^https?:\/\//, '');
  const query = new URLSearchParams({ url: feedUrl, title: cleanLine(title) });
  return [
    { label: 'Apple Podcasts', href: `pcast://${bare}` },
    { label: 'Overcast', href: `overcast://x-callback-url/add?url=${encodeURIComponent(feedUrl)}` },
    { label: 'Pocket Casts', href: `pktc://subscribe/${bare}` },
    { label: 'AntennaPod', href: `https://antennapod.org/deeplink/subscribe?${query.toString()}` },
    { label: 'RSS feed', href: feedUrl },
  ];
}

export function showView(published: PublishedShow, assets: Assets): ShowPageView {
  const { show, episodes, baseUrl, coverKey, timeZone } = published;
  const pageKey = showPageKey(show.slug);
  const href = (key: string) => hrefBetween(pageKey, key);
  const language = usableLanguage(show.language);
  const feedUrl = addressOf(baseUrl, feedKey(show.slug));
  return {
    title: cleanLine(show.title),
    author: cleanLine(show.author),
    language,
    description: excerptOf(clean(show.description)) || cleanLine(show.title),
    descriptionHtml: notesToHtml(show.description),
    coverHref: href(coverKey),
    coverUrl: addressOf(baseUrl, coverKey),
    pageUrl: addressOf(baseUrl, pageKey),
    feedUrl,
    homeHref: href('index.html'),
    follow: followLinksFor(feedUrl, show.title),
    episodes: episodes.map((episode) => ({
      title: cleanLine(episode.title),
      href: href(episodePageKey(show.slug, episode.slug)),
      publishedIso: episode.published_at.toISOString(),
      publishedText: longDate(episode.published_at, language, timeZone),
      durationText: roughDuration(enclosureOf(episode).duration_us, language),
      excerpt: excerptOf(clean(episode.notes)),
    })),
    assets: assetHrefs(assets, href),
  };
}

export function episodeView(
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
  turns?: TranscriptTurn[],
): EpisodePageView {
  const { show, baseUrl, coverKey, timeZone } = published;
  const pageKey = episodePageKey(show.slug, episode.slug);
  const href = (key: string) => hrefBetween(pageKey, key);
  const language = usableLanguage(show.language);
  const main = enclosureOf(episode);
  const feedUrl = addressOf(baseUrl, feedKey(show.slug));
  const ordered = [main, ...episode.renditions.filter((rendition) => rendition !== main)];
  return {
    title: cleanLine(episode.title),
    language,
    summary: excerptOf(clean(episode.notes)) || cleanLine(`${episode.title}, from ${show.title}`),
    notesHtml: notesToHtml(episode.notes),
    show: {
      title: cleanLine(show.title),
      author: cleanLine(show.author),
      href: href(showPageKey(show.slug)),
      feedUrl,
    },
    coverHref: href(coverKey),
    coverUrl: addressOf(baseUrl, coverKey),
    pageUrl: addressOf(baseUrl, pageKey),
    publishedIso: episode.published_at.toISOString(),
    publishedText: longDate(episode.published_at, language, timeZone),
    durationText: roughDuration(main.duration_us, language),
    durationSeconds: Math.max(1, Math.round(main.duration_us / 1e6)),
    audio: ordered.map(({ media_key: key, mime_type: mimeType, kind, bytes }): AudioFile => ({
      href: href(key),
      url: addressOf(baseUrl, key),
      mimeType,
      format: kind.toUpperCase(),
      sizeText: megabytes(bytes),
    })),
    chapters: chapterRows(episode, main.duration_us),
    transcript:
      turns === undefined || turns.length === 0
        ? undefined
        : {
            turns,
            files: transcriptFilesOf(episode).map(({ key, format }) => ({ href: href(key), format })),
            hasHoles: typeof episode.transcript?.note === 'string',
            language: usableLanguage(episode.transcript?.language ?? show.language),
          },
    follow: followLinksFor(feedUrl, show.title),
    assets: assetHrefs(assets, href),
  };
}

function chapterRows(episode: PublishableEpisode, durationUs: number) {
  const chapters = chaptersOf(episode);
  return chapters.map(({ startUs, title }, index) => ({
    title,
    startSeconds: Math.floor(startUs / 1e6),
    exactStartSeconds: startUs / 1e6,
    startText: clockTime(startUs),
    durationSeconds: ((chapters[index + 1]?.startUs ?? durationUs) - startUs) / 1e6,
  }));
}

/** The front page, from the root of the site. */
export function indexView(shows: readonly Show[], assets: Assets): IndexPageView {
  const href = (key: string) => hrefBetween('index.html', key);
  return {
    shows: shows.map((show) => ({
      title: cleanLine(show.title),
      author: cleanLine(show.author),
      href: href(showPageKey(show.slug)),
      coverHref: href(show.cover_key ?? assets.defaultCover.key),
      excerpt: excerptOf(clean(show.description), 140),
    })),
    assets: assetHrefs(assets, href),
  };
}

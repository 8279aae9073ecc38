/** From an episode to what its page, the later parts of its transcript and its player for other sites say. */
import type { PublishableEpisode } from '../../src/catalog/index.ts';
import type {
  AudioFile,
  EmbedPageView,
  EpisodePageView,
  PlayerView,
  TranscriptPageView,
  TranscriptTurn,
  TranscriptView,
} from '../../templates/pages/views.ts';
import { clockTime } from '../feed/dates.ts';
import { notesToShortHtml } from '../feed/notes.ts';
import { clean, cleanLine } from '../feed/xml.ts';
import { addressOf, embedKey, episodePageKey, hrefBetween, transcriptPartKey } from './addresses.ts';
import type { Assets } from './assets.ts';
import { enclosureOf } from './enclosures.ts';
import { followLinksFor } from './follow-links.ts';
import type { OembedFacts } from './oembed.ts';
import { pageAddress } from './own-domain.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import { episodeData } from './structured-data.ts';
import { transcriptFilesOf } from './transcript.ts';
import { coverView, frameOf, hrefsOf, siteOf } from './views.ts';
import { excerptOf, longDate, megabytes, ordinalOf, roughDuration, usableLanguage } from './words.ts';

/** More chapters than this make no list to choose from; the audio and the file of chapters have them all. */
const MAX_CHAPTERS = 50;
/** Twice what apps show of notes. */
const MAX_NOTES_BYTES = 8_000;
/** So many names stand under a title; the transcript has them all. */
const MAX_VOICES = 8;

/** `parts` are those of the transcript, the first for this page; none where there is no transcript. */
export function episodeView(
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
  parts: readonly TranscriptTurn[][] = [],
): EpisodePageView {
  const { show, baseUrl, timeZone } = published;
  const pageKey = episodePageKey(show.slug, episode.slug);
  const frame = frameOf(published, pageKey);
  const { language, feedUrl } = frame;
  const title = cleanLine(episode.title);
  const summary = excerptOf(clean(episode.notes)) || cleanLine(`${episode.title}, from ${show.title}`);
  const player = playerView(published, episode, pageKey);
  const cover = coverView(published, pageKey);
  const pageUrl = pageAddress(siteOf(published), pageKey);
  const publishedIso = episode.published_at.toISOString();
  const [captions] = transcriptFilesOf(episode);
  return {
    ...{ title, language, summary, pageUrl, publishedIso, cover, player, show: frame },
    notesHtml: notesToShortHtml(episode.notes, MAX_NOTES_BYTES),
    embedUrl: addressOf(baseUrl, embedKey(show.slug, episode.slug)),
    oembedUrl: `${baseUrl}/oembed?url=${encodeURIComponent(pageUrl)}`,
    publishedText: longDate(episode.published_at, language, timeZone),
    durationText: roughDuration(enclosureOf(episode).duration_us, language),
    ordinal: ordinalOf(episode),
    unlisted: episode.visibility === 'unlisted',
    voices: voicesOf(parts.flat()),
    transcript: transcriptView(published, episode, parts, 1),
    follow: followLinksFor(feedUrl, show.title),
    structuredData: episodeData({
      ...{ title, language, pageUrl, publishedIso, description: summary, imageUrl: cover.url, series: frame },
      ...{ season: episode.season, number: episode.number },
      ...{ durationSeconds: player.durationSeconds, audio: player.audio },
      transcriptUrl: captions && addressOf(baseUrl, captions.key),
    }),
    assets: hrefsOf(assets, show, pageKey),
  };
}

function voicesOf(turns: readonly TranscriptTurn[]): string[] {
  const names = [...new Set(turns.map(({ speaker }) => speaker))].filter((name) => name !== '');
  return names.length > MAX_VOICES ? [...names.slice(0, MAX_VOICES - 1), 'others'] : names;
}

function playerView(published: PublishedShow, episode: PublishableEpisode, pageKey: string): PlayerView {
  const { show, baseUrl, cover } = published;
  const main = enclosureOf(episode);
  const ordered = [main, ...episode.renditions.filter((rendition) => rendition !== main)];
  return {
    id: episode.guid,
    title: cleanLine(episode.title),
    showTitle: cleanLine(show.title),
    author: cleanLine(show.author),
    coverUrl: addressOf(baseUrl, cover.key),
    durationSeconds: Math.max(1, Math.round(main.duration_us / 1e6)),
    lengthText: clockTime(main.duration_us),
    audio: ordered.map(({ media_key: key, mime_type: mimeType, kind, bytes }): AudioFile => ({
      href: hrefBetween(pageKey, key),
      url: addressOf(baseUrl, key),
      mimeType,
      format: kind.toUpperCase(),
      sizeText: megabytes(bytes),
    })),
    chapters: chapterRows(episode, main.duration_us),
    moreChapters: Math.max(0, chaptersOf(episode).length - MAX_CHAPTERS),
  };
}

function chapterRows(episode: PublishableEpisode, durationUs: number) {
  const chapters = chaptersOf(episode).slice(0, MAX_CHAPTERS);
  return chapters.map(({ startUs, title }, index) => ({
    title,
    startSeconds: Math.floor(startUs / 1e6),
    exactStartSeconds: startUs / 1e6,
    startText: clockTime(startUs),
    durationSeconds: ((chapters[index + 1]?.startUs ?? durationUs) - startUs) / 1e6,
  }));
}

/** Part `part` (from 1) as it stands on its page; undefined where there is none. */
function transcriptView(
  { show }: PublishedShow,
  episode: PublishableEpisode,
  parts: readonly TranscriptTurn[][],
  part: number,
): TranscriptView | undefined {
  const turns = parts[part - 1];
  if (turns === undefined || turns.length === 0) return undefined;
  const keyOf = (number: number) => transcriptPartKey(show.slug, episode.slug, number);
  return {
    turns,
    parts: parts.map((each, index) => ({
      href: hrefBetween(keyOf(part), keyOf(index + 1)),
      startText: each[0]?.startText ?? '',
      isThis: index + 1 === part,
    })),
    files: transcriptFilesOf(episode).map(({ key, format }) => ({
      href: hrefBetween(keyOf(part), key),
      format,
    })),
    hasHoles: typeof episode.transcript?.note === 'string',
    language: usableLanguage(episode.transcript?.language ?? show.language),
  };
}

/** A page for part `part`, the second or a later one. */
export function transcriptPartView(
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
  parts: readonly TranscriptTurn[][],
  part: number,
): TranscriptPageView {
  const { show } = published;
  const pageKey = transcriptPartKey(show.slug, episode.slug, part);
  const frame = frameOf(published, pageKey);
  return {
    title: cleanLine(episode.title),
    language: frame.language,
    show: frame,
    episodeHref: hrefBetween(pageKey, episodePageKey(show.slug, episode.slug)),
    ownUrl: pageAddress(siteOf(published), pageKey),
    placeText: `from ${parts[part - 1]?.[0]?.startText ?? ''}`,
    unlisted: episode.visibility === 'unlisted',
    transcript: transcriptView(published, episode, parts, part)!,
    assets: hrefsOf(assets, show, pageKey),
  };
}

export function embedView(
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
): EmbedPageView {
  const { show } = published;
  const pageKey = embedKey(show.slug, episode.slug);
  const { language, title, pageUrl } = frameOf(published, pageKey);
  return {
    title: cleanLine(episode.title),
    language,
    pageUrl: pageAddress(siteOf(published), episodePageKey(show.slug, episode.slug)),
    show: { title, pageUrl },
    coverHref: coverView(published, pageKey).href,
    player: playerView(published, episode, pageKey),
    assets: hrefsOf(assets, show, pageKey),
  };
}

/** What the oEmbed endpoint answers from. */
export function oembedFacts(published: PublishedShow, episode: PublishableEpisode): OembedFacts {
  const { show, baseUrl, cover } = published;
  const { title, author, pageUrl } = frameOf(published, episodePageKey(show.slug, episode.slug));
  const side = cover.sidePx;
  return {
    ...{ title: cleanLine(episode.title), author, showUrl: pageUrl, siteName: title, siteUrl: pageUrl },
    embedUrl: addressOf(baseUrl, embedKey(show.slug, episode.slug)),
    thumbnail:
      side === undefined ? undefined : { url: addressOf(baseUrl, cover.key), width: side, height: side },
  };
}

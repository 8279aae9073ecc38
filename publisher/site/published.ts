/** One snapshot of a show as the catalog has it, and the feed that follows from it. */
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { playableChapters } from '../feed/chapters.ts';
import { type FeedItem, type FeedShow } from '../feed/feed.ts';
import { addressOf, chaptersKey, episodePageKey, feedKey, showPageKey } from './addresses.ts';
import type { Cover } from './cover.ts';
import { enclosureOf } from './enclosures.ts';
import { transcriptFilesOf } from './transcript.ts';
import { usableLanguage } from './words.ts';

export interface PublishedShow {
  show: Show;
  /** Newest first. */
  episodes: PublishableEpisode[];
  baseUrl: string;
  cover: Cover;
  /** IANA zone of the server, for the days on pages. */
  timeZone: string;
}

/** What a list of the show names; whoever has the address finds the others. */
export const listed = (published: PublishedShow): PublishedShow => ({
  ...published,
  episodes: published.episodes.filter(({ visibility }) => visibility === 'public'),
});

/** The chapters that go out, on the clock of the audio that goes out. */
export function chaptersOf(episode: PublishableEpisode) {
  return playableChapters(episode.chapters, enclosureOf(episode).duration_us);
}

export function feedOf({ show, episodes, baseUrl, cover }: PublishedShow): FeedShow {
  const address = (key: string) => addressOf(baseUrl, key);
  return {
    title: show.title,
    description: show.description.trim() === '' ? show.title : show.description,
    author: show.author,
    language: usableLanguage(show.language),
    category: show.category,
    subcategory: show.subcategory ?? undefined,
    explicit: show.explicit,
    podcastGuid: show.podcast_guid,
    feedUrl: address(feedKey(show.slug)),
    pageUrl: address(showPageKey(show.slug)),
    imageUrl: address(cover.key),
    items: episodes.map((episode) => itemOf(show, episode, address)),
  };
}

function itemOf(show: Show, episode: PublishableEpisode, address: (key: string) => string): FeedItem {
  const main = enclosureOf(episode);
  return {
    guid: episode.guid,
    title: episode.title,
    notes: episode.notes,
    pageUrl: address(episodePageKey(show.slug, episode.slug)),
    publishedAt: episode.published_at,
    durationUs: main.duration_us,
    explicit: show.explicit,
    enclosure: { url: address(main.media_key), bytes: main.bytes, mimeType: main.mime_type },
    alternates: episode.renditions
      .filter((rendition) => rendition !== main)
      .map((rendition) => ({
        url: address(rendition.media_key),
        bytes: rendition.bytes,
        mimeType: rendition.mime_type,
        title: rendition.kind.toUpperCase(),
        bitsPerSecond: (rendition.bytes * 8) / (rendition.duration_us / 1e6),
        sha256: rendition.sha256,
      })),
    transcripts: transcriptFilesOf(episode).map(({ key, mimeType, isCaptions }) => ({
      ...{ url: address(key), mimeType, isCaptions },
      language: episode.transcript?.language ?? undefined,
    })),
    chaptersUrl: chaptersOf(episode).length === 0 ? undefined : address(chaptersKey(show.slug, episode.slug)),
  };
}

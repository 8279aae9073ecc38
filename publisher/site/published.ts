/** One snapshot of a show as the catalog has it. */
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { playableChapters } from '../feed/chapters.ts';
import type { Cover } from './cover.ts';
import { enclosureOf } from './enclosures.ts';

export interface PublishedShow {
  show: Show;
  /** Newest first. */
  episodes: PublishableEpisode[];
  baseUrl: string;
  cover: Cover;
  /** IANA zone of the server, for the days on pages. */
  timeZone: string;
}

/** What stands in the open: whoever has the address finds it. */
export const forEverybody = (published: PublishedShow): PublishedShow => ({
  ...published,
  episodes: published.episodes.filter(({ visibility }) => visibility !== 'members'),
});

/** What a list of the show names; whoever has the address finds the others. */
export const listed = (published: PublishedShow): PublishedShow => ({
  ...published,
  episodes: published.episodes.filter(({ visibility }) => visibility === 'public'),
});

/** The chapters that go out, on the clock of the audio that goes out. */
export function chaptersOf(episode: PublishableEpisode) {
  return playableChapters(episode.chapters, enclosureOf(episode).duration_us);
}

/** The pages of a show as they go into the media store: each key with its body. */
import type { PublishableEpisode } from '../../src/catalog/index.ts';
import { embedPage } from '../../templates/pages/embed-page.ts';
import { episodePage, transcriptPage } from '../../templates/pages/episode-page.ts';
import type { Markup } from '../../templates/pages/layout.ts';
import { archivePage, showPage } from '../../templates/pages/show-page.ts';
import type { TranscriptTurn } from '../../templates/pages/views.ts';
import {
  archiveKey,
  embedKey,
  episodePageKey,
  oembedKey,
  showPageKey,
  transcriptPartKey,
} from './addresses.ts';
import type { Assets } from './assets.ts';
import { embedView, episodeView, oembedFacts, transcriptPartView } from './episode-views.ts';
import { leanPage } from './lean.ts';
import { EMBED } from './oembed.ts';
import type { PublishedShow } from './published.ts';
import { bytesOfTurn, partsOf } from './transcript-parts.ts';
import { archiveView, shelvesOf, showView } from './views.ts';

export type StoredPage = [key: string, body: string];

/**
 * A page without its style sheet, scripts and cover, in bytes. With those it stays below 50 KB: what the notes and chapters of
 * an episode leave of it is for the beginning of its transcript.
 */
const PAGE_BYTES = 21_500;
/** However long the notes are, so much of a transcript shows that there is one. */
const LEAST_TRANSCRIPT_BYTES = 1_000;
/** The frame of a page that holds nothing but a part of a transcript, and the list of the parts. */
const FRAME_BYTES = 3_500;
/** The head of a transcript, with the search in it, and its script. */
const TRANSCRIPT_HEAD_BYTES = 1_700;
/** What a link to a part costs. */
const LINK_BYTES = 70;
/** What a part of its own holds: as much as the first page would with nothing else on it. */
const PART_BYTES = PAGE_BYTES - FRAME_BYTES;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const rendered = async (markup: Markup) => leanPage(String(await markup));

/** A page that lists episodes. */
export interface ListPage {
  key: string;
  /** Those that it names. */
  episodes: readonly PublishableEpisode[];
  /** What else of the show's episodes it tells. */
  place: string;
  /** Made when it is asked for. */
  body: () => Promise<string>;
}

/** `listed` is the show with the episodes that lists may name. The pages of older episodes first: the show's page leads to them. */
export function listPages(listed: PublishedShow, assets: Assets): ListPage[] {
  const { show, episodes } = listed;
  const { newest, archive } = shelvesOf(episodes);
  const older = archive.map((onPage, index): ListPage => {
    const page = index + 1;
    const isYoungest = page === archive.length;
    return {
      ...{ key: archiveKey(show.slug, page), episodes: onPage, place: isYoungest ? 'youngest' : 'older' },
      body: () => rendered(archivePage(archiveView(listed, assets, page))),
    };
  });
  return [
    ...older,
    {
      ...{ key: showPageKey(show.slug), episodes: newest, place: `newest of ${episodes.length}` },
      body: () => rendered(showPage(showView(listed, assets))),
    },
  ];
}

export async function pagesOfEpisode(
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
  turns: readonly TranscriptTurn[] = [],
): Promise<StoredPage[]> {
  const { slug } = published.show;
  const pageOf = (parts: readonly TranscriptTurn[][]) =>
    rendered(episodePage(episodeView(published, episode, assets, parts), EMBED));
  const without = await pageOf([]);
  const links = LINK_BYTES * Math.ceil(sum(turns.map(bytesOfTurn)) / PART_BYTES);
  const left = PAGE_BYTES - Buffer.byteLength(without) - TRANSCRIPT_HEAD_BYTES - links;
  const parts = partsOf(turns, { firstBytes: Math.max(LEAST_TRANSCRIPT_BYTES, left), bytes: PART_BYTES });
  const later = parts.slice(1).map(async (_, index): Promise<StoredPage> => {
    const part = index + 2;
    const view = transcriptPartView(published, episode, assets, parts, part);
    return [transcriptPartKey(slug, episode.slug, part), await rendered(transcriptPage(view))];
  });
  return [
    ...(await Promise.all(later)),
    [embedKey(slug, episode.slug), await rendered(embedPage(embedView(published, episode, assets)))],
    [oembedKey(slug, episode.slug), JSON.stringify(oembedFacts(published, episode))],
    [episodePageKey(slug, episode.slug), turns.length === 0 ? without : await pageOf(parts)],
  ];
}

/** One episode as it stands in a feed. A pure function of the episode alone: what was rendered once may be kept. */
import type { EpisodeFeedSettings } from '../../src/catalog/feed-settings.ts';
import { cutHtml } from './cut-html.ts';
import { rfc2822 } from './dates.ts';
import {
  renderAlternate,
  renderChaptersLink,
  renderDefaultAlternate,
  renderEnclosure,
  renderTranscripts,
} from './enclosures.ts';
import { address } from './member-token.ts';
import type { FeedItem } from './model.ts';
import { isVisible, MAX_DESCRIPTION_BYTES, notesToHtml } from './notes.ts';
import { renderChat, renderPerson, renderSocialInteract } from './people.ts';
import {
  renderContentLink,
  renderFunding,
  renderImage,
  renderLicense,
  renderLocation,
  renderTxt,
} from './statements.ts';
import { titleOf, trueOrFalse, YES } from './values.ts';
import { cdata, cleanLine, element, parent } from './xml.ts';

export function renderItem(item: FeedItem): string {
  const title = titleOf(item.title);
  return parent('item', [
    element('title', title),
    element('itunes:title', title),
    element('link', item.pageUrl),
    element('guid', item.guid, { isPermaLink: 'false' }),
    element('pubDate', rfc2822(item.publishedAt)),
    ...renderNotes(item.notes, title),
    renderEnclosure(item.enclosure),
    element('itunes:duration', Math.round(item.durationUs / 1e6)),
    element('itunes:explicit', trueOrFalse(item.explicit)),
    element('itunes:episodeType', item.kind ?? 'full'),
    ...renderPlace(item),
    item.imageUrl === undefined ? '' : element('itunes:image', undefined, { href: address(item.imageUrl) }),
    item.itunesBlock === true ? element('itunes:block', YES) : '',
    item.chaptersUrl === undefined ? '' : renderChaptersLink(item.chaptersUrl),
    ...renderTranscripts(item.transcripts ?? []),
    renderDefaultAlternate(item.enclosure),
    ...item.alternates.map((alternate) => renderAlternate(alternate)),
    ...renderSoundbites(item.soundbites ?? []),
    ...renderSaid(item),
    ...(item.contentLinks ?? []).map(renderContentLink),
  ]);
}

/** The short form that every app shows, and the whole only where that had to be cut: some readers refuse large feeds. */
export function renderNotes(notes: string, title: string): string[] {
  const said = notesToHtml(notes);
  const whole = isVisible(said) ? said : notesToHtml(title);
  return [
    parent('description', [cdata(cutHtml(whole, MAX_DESCRIPTION_BYTES))]),
    Buffer.byteLength(whole) > MAX_DESCRIPTION_BYTES ? parent('content:encoded', [cdata(whole)]) : '',
  ];
}

/** Apple and PSP-1 take whole numbers from 1 on; docs/tags/season.md and episode.md add a name, a display and parts. */
function renderPlace({ season, seasonName, number, numberDisplay }: FeedItem): string[] {
  const isCount = (value: number | undefined) => value !== undefined && Number.isInteger(value) && value > 0;
  const isNumber = (value: number | undefined) => value !== undefined && Number.isFinite(value);
  return [
    isCount(season) ? element('itunes:season', season) : '',
    isCount(number) ? element('itunes:episode', number) : '',
    isCount(season)
      ? element('podcast:season', season, {
          name: seasonName === undefined ? undefined : cleanLine(seasonName, 128),
        })
      : '',
    isNumber(number)
      ? element('podcast:episode', number, {
          display: numberDisplay === undefined ? undefined : cleanLine(numberDisplay, 32),
        })
      : '',
  ];
}

/** docs/tags/soundbite.md: seconds, with parts; a title may be missing. */
const renderSoundbites = (soundbites: EpisodeFeedSettings['soundbites']): string[] =>
  soundbites.map(({ startUs, durationUs, title }) =>
    element('podcast:soundbite', title === undefined ? undefined : cleanLine(title, 128), {
      startTime: seconds(startUs),
      duration: seconds(durationUs),
    }),
  );

const seconds = (us: number) => (us / 1e6).toFixed(3);

type Said = Pick<
  Partial<EpisodeFeedSettings>,
  'persons' | 'license' | 'locations' | 'funding' | 'chat' | 'socialInteract' | 'txts' | 'images'
>;

/** What shows, episodes and live items say alike. */
export const renderSaid = (said: Said): string[] => [
  ...(said.persons ?? []).map(renderPerson),
  ...(said.locations ?? []).map(renderLocation),
  said.license === undefined ? '' : renderLicense(said.license),
  ...(said.funding ?? []).map(renderFunding),
  ...(said.images ?? []).map(renderImage),
  ...(said.socialInteract ?? []).map(renderSocialInteract),
  said.chat === undefined ? '' : renderChat(said.chat),
  ...(said.txts ?? []).map(renderTxt),
];

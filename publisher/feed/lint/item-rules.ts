/** What PSP-1, Apple and Podcasting 2.0 want of an episode. */
import type { FeedItem, FeedShow } from '../model.ts';
import { isVisible, MAX_DESCRIPTION_BYTES, notesToHtml } from '../notes.ts';
import { cleanLine } from '../xml.ts';
import type { Rule } from './finding.ts';
import { APPLE_RSS, PSP_1 } from './sources.ts';

/** An episode and the show it is in. */
export interface ItemInShow {
  item: FeedItem;
  show: Omit<FeedShow, 'items'>;
}

/** `Episode 12`, `S01E02`, `#12`, `12: ...`. A year before a colon is a title. */
const NUMBERED = /\b(episode|ep\.?|season)\s*#?\d+|\bs\d{1,2}\s?e\d{1,3}\b|^#\d+|^\d{1,3}\s*[:.–—-]\s/i;
/** Clocks differ a little. */
const SOON_MS = 60 * 60 * 1000;
/** Notes this short make no long HTML, whatever is in them: links and entities grow at most so much. */
const SURELY_SHORT = MAX_DESCRIPTION_BYTES / 8;

const isCount = (value: number) => Number.isInteger(value) && value > 0;

export const ITEM_RULES: Rule<ItemInShow>[] = [
  {
    ...{ id: 'item-title', severity: 'blocks', source: PSP_1 },
    check: ({ item }) =>
      cleanLine(item.title) === ''
        ? { what: 'The episode has no title.', remedy: 'Give it one.' }
        : undefined,
  },
  {
    ...{ id: 'item-title-number', severity: 'warns', source: PSP_1 },
    check: ({ item }) =>
      NUMBERED.test(item.title.slice(0, 300))
        ? {
            what: 'The title has a number of season or episode in it.',
            remedy: 'Take it out, and set the season and the number of the episode: apps show them.',
          }
        : undefined,
  },
  {
    ...{ id: 'item-title-repeats', severity: 'warns', source: APPLE_RSS },
    check({ item, show }) {
      const name = cleanLine(show.title).toLowerCase();
      return name.length > 3 && cleanLine(item.title).toLowerCase().includes(name)
        ? { what: 'The title repeats the title of the show.', remedy: 'Leave it out: apps show both.' }
        : undefined;
    },
  },
  {
    ...{ id: 'item-guid', severity: 'blocks', source: PSP_1 },
    check: ({ item }) =>
      item.guid.trim() === '' || item.guid !== item.guid.trim()
        ? {
            what: 'The episode has no guid, or one with white space around it.',
            remedy: 'Give it one that never changes.',
          }
        : undefined,
  },
  {
    ...{ id: 'item-date', severity: 'blocks', source: APPLE_RSS },
    check: ({ item }) =>
      Number.isNaN(item.publishedAt.getTime())
        ? { what: 'The episode has no date.', remedy: 'Publish it anew.' }
        : undefined,
  },
  {
    ...{ id: 'item-date-ahead', severity: 'warns', source: APPLE_RSS },
    check: ({ item }, { now }) =>
      item.publishedAt.getTime() > now.getTime() + SOON_MS
        ? {
            what: 'The date of the episode is still to come: some apps hide it, some show it at once.',
            remedy: 'Schedule it instead; it then goes out with the right date.',
          }
        : undefined,
  },
  {
    ...{ id: 'item-duration', severity: 'warns', source: PSP_1 },
    check: ({ item }) =>
      item.durationUs >= 500_000
        ? undefined
        : { what: 'The episode has no duration.', remedy: 'Master it again.' },
  },
  {
    ...{ id: 'item-notes', severity: 'warns', source: PSP_1 },
    check: ({ item }) =>
      !isVisible(notesToHtml(item.notes))
        ? { what: 'The episode has no notes: apps show its title twice.', remedy: 'Say what it is about.' }
        : undefined,
  },
  {
    ...{ id: 'item-notes-length', severity: 'warns', source: PSP_1 },
    check: ({ item }) =>
      item.notes.length > SURELY_SHORT && Buffer.byteLength(notesToHtml(item.notes)) > MAX_DESCRIPTION_BYTES
        ? {
            what: `The notes have more than ${MAX_DESCRIPTION_BYTES} bytes: some apps show a part of them.`,
            remedy: 'Say what matters first.',
          }
        : undefined,
  },
  {
    ...{ id: 'serial-number', severity: 'blocks', source: PSP_1 },
    check: ({ item, show }) =>
      show.type === 'serial' && (item.kind ?? 'full') === 'full' && item.number === undefined
        ? {
            what: 'The show is serial, and the episode has no number.',
            remedy: 'Number it, or make the show episodic.',
          }
        : undefined,
  },
  {
    ...{ id: 'item-number', severity: 'warns', source: PSP_1 },
    check: ({ item: { season, number } }) =>
      (season === undefined || isCount(season)) && (number === undefined || isCount(number))
        ? undefined
        : {
            what: 'The season or the number of the episode does not count from 1 in whole numbers.',
            remedy: 'Correct it: Apple and others are not told of it as it is.',
          },
  },
];

/** Live items (Podcasting 2.0, docs/tags/live-item.md). */
import type { LiveItem } from '../model.ts';
import { cleanLine } from '../xml.ts';
import type { Rule } from './finding.ts';
import { podcasting20 } from './sources.ts';

const source = podcasting20('live-item');
const DAY_MS = 24 * 60 * 60 * 1000;

export const LIVE_RULES: Rule<LiveItem>[] = [
  {
    ...{ id: 'live-title', severity: 'blocks', source },
    check: ({ title }) =>
      cleanLine(title) === '' ? { what: 'The event has no title.', remedy: 'Give it one.' } : undefined,
  },
  {
    ...{ id: 'live-guid', severity: 'blocks', source },
    check: ({ guid }) =>
      guid.trim() === ''
        ? {
            what: 'The event has no guid.',
            remedy: 'Give it one that stays from its announcement to its end.',
          }
        : undefined,
  },
  {
    ...{ id: 'live-content-link', severity: 'blocks', source },
    check: ({ contentLinks }) =>
      (contentLinks as LiveItem['contentLinks'][number][]).length === 0
        ? { what: 'The event has no link to where it is.', remedy: 'Link to the event on Discord.' }
        : undefined,
  },
  {
    ...{ id: 'live-times', severity: 'blocks', source },
    check({ startsAt, endsAt }) {
      const [start, end] = [startsAt.getTime(), endsAt?.getTime() ?? Infinity];
      return start < end
        ? undefined
        : { what: 'The event has no start, or ends before it.', remedy: 'Correct its times.' };
    },
  },
  {
    ...{ id: 'live-stale', severity: 'warns', source },
    check: ({ status, startsAt }, { now }) =>
      status === 'pending' && startsAt.getTime() < now.getTime() - DAY_MS
        ? { what: 'The event should have begun over a day ago.', remedy: 'Start it, move it or cancel it.' }
        : undefined,
  },
  {
    ...{ id: 'live-early', severity: 'warns', source },
    check: ({ status, startsAt }, { now }) =>
      status !== 'pending' && startsAt.getTime() > now.getTime() + DAY_MS
        ? {
            what: `The event is ${status === 'live' ? 'on' : 'over'}, and starts in over a day.`,
            remedy: 'Correct its start.',
          }
        : undefined,
  },
];

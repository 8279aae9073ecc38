/** What Podcasting 2.0 wants of that which an episode says beyond what is required. */
import type { Rule } from './finding.ts';
import type { ItemInShow } from './item-rules.ts';
import { personFaults, priorityFault, roleOf } from './people.ts';
import { licenseFault } from './said-rules.ts';
import { podcasting20 } from './sources.ts';

/** docs/tags/transcript.md, and another name that SRT goes by. */
const TIMED = ['text/vtt', 'application/x-subrip', 'application/srt'];
const TRANSCRIPTS = [...TIMED, 'text/plain', 'text/html', 'application/json'];
/** docs/tags/soundbite.md recommends between 15 and 120 seconds. */
const SOUNDBITE_US = { least: 15e6, most: 120e6 };

export const ITEM_SAID_RULES: Rule<ItemInShow>[] = [
  {
    ...{ id: 'transcript-timed', severity: 'warns', source: podcasting20('transcript') },
    check: ({ item: { transcripts = [] } }) =>
      transcripts.length > 0 && !transcripts.some(({ mimeType }) => TIMED.includes(mimeType))
        ? { what: 'No transcript is VTT or SRT, which Apple takes.', remedy: 'Add the VTT form.' }
        : undefined,
  },
  {
    ...{ id: 'transcript-type', severity: 'warns', source: podcasting20('transcript') },
    check: ({ item: { transcripts = [] } }) =>
      transcripts.flatMap(({ mimeType }) =>
        TRANSCRIPTS.includes(mimeType)
          ? []
          : { what: `No app reads a transcript of type "${mimeType}".`, remedy: 'Give it as VTT.' },
      ),
  },
  {
    ...{ id: 'soundbite-place', severity: 'warns', source: podcasting20('soundbite') },
    check: ({ item: { soundbites = [], durationUs } }) =>
      soundbites.flatMap(({ startUs, durationUs: length, title }) =>
        startUs >= 0 && startUs + length <= durationUs
          ? []
          : {
              what: `The soundbite "${title ?? 'without a title'}" is not all inside the episode.`,
              remedy: 'Move or shorten it.',
            },
      ),
  },
  {
    ...{ id: 'soundbite-length', severity: 'warns', source: podcasting20('soundbite') },
    check: ({ item: { soundbites = [] } }) =>
      soundbites.flatMap(({ durationUs, title }) =>
        durationUs >= SOUNDBITE_US.least && durationUs <= SOUNDBITE_US.most
          ? []
          : {
              what: `The soundbite "${title ?? 'without a title'}" takes ${Math.round(durationUs / 1e6)} s.`,
              remedy: 'Make it 15 to 120 s long.',
            },
      ),
  },
  {
    ...{ id: 'item-persons', severity: 'warns', source: podcasting20('person') },
    check: ({ item }) => personFaults(item.persons ?? []),
  },
  {
    ...{ id: 'item-hosts', severity: 'warns', source: podcasting20('person') },
    check({ item: { persons = [] }, show }) {
      const hosts = (list: typeof persons) => list.some((person) => roleOf(person).includes('host'));
      return persons.length > 0 && !hosts(persons) && hosts(show.persons ?? [])
        ? {
            what: "The episode names people and no host: its list replaces the show's as a whole.",
            remedy: 'Name the hosts in the episode too.',
          }
        : undefined;
    },
  },
  {
    ...{ id: 'item-social-priority', severity: 'warns', source: podcasting20('social-interact') },
    check: ({ item }) => priorityFault(item.socialInteract ?? []),
  },
  {
    ...{ id: 'item-license', severity: 'warns', source: podcasting20('license') },
    check: ({ item }) => licenseFault(item.license),
  },
  {
    ...{ id: 'alternate-title', severity: 'warns', source: podcasting20('alternate-enclosure') },
    check: ({ item: { alternates } }) =>
      alternates.flatMap(({ title = '' }) =>
        Array.from(title).length > 32
          ? { what: `"${title}" has more than 32 characters, and is cut in the feed.`, remedy: 'Shorten it.' }
          : [],
      ),
  },
  {
    ...{ id: 'alternate-length', severity: 'warns', source: podcasting20('alternate-enclosure') },
    check: ({ item: { alternates } }) =>
      alternates.flatMap(({ bytes, url }) =>
        Number.isSafeInteger(bytes) && bytes > 0
          ? []
          : { what: `${url} has a length of ${bytes} bytes.`, remedy: 'Master the episode again.' },
      ),
  },
];

/** What must be of one episode alone. */
import type { FeedItem } from '../model.ts';
import type { Finding } from './finding.ts';
import { APPLE_REQUIREMENTS, PSP_1 } from './sources.ts';

/** Those that repeat what an older one has: what apps know already stays right. `items` are newest first. */
function repeating(items: readonly FeedItem[], of: (item: FeedItem) => string): FeedItem[] {
  const seen = new Set<string>();
  return items.toReversed().filter((item) => {
    const isSeen = seen.has(of(item));
    seen.add(of(item));
    return isSeen;
  });
}

export function duplicatesIn(items: readonly FeedItem[]): Finding[] {
  const guids = repeating(items, ({ guid }) => guid).map(({ guid, title }): Finding => ({
    ...{ rule: 'duplicate-guid', severity: 'blocks', source: PSP_1 },
    // Not of one item: its guid would name the other too.
    where: { kind: 'show' },
    what: `"${title}" has the guid of an older episode, ${guid}.`,
    remedy: 'Give it one of its own.',
  }));
  const files = repeating(items, ({ enclosure }) => enclosure.url).map(({ guid }): Finding => ({
    ...{ rule: 'duplicate-enclosure', severity: 'blocks', source: APPLE_REQUIREMENTS },
    where: { kind: 'item', guid },
    what: 'An older episode has the same file: Apple ignores the second.',
    remedy: 'Store the audio at an address of its own.',
  }));
  return [...guids, ...files];
}

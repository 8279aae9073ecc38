/**
 * The gate: what a feed would be refused for, or shown worse for, before it goes out. Pure; whoever asks brings the facts.
 * One episode costs little, so after an edit `lintItem` is enough.
 */
import type { FeedItem, FeedShow, LiveItem } from '../model.ts';
import { ART_RULES } from './art-rules.ts';
import { duplicatesIn } from './duplicates.ts';
import { ENCLOSURE_RULES } from './enclosure-rules.ts';
import { type Finding, findingsOf, type LintFacts, type Place } from './finding.ts';
import { ITEM_RULES, type ItemInShow } from './item-rules.ts';
import { ITEM_SAID_RULES } from './item-said-rules.ts';
import { LIVE_RULES } from './live-rules.ts';
import { SAID_RULES } from './said-rules.ts';
import { SHOW_RULES } from './show-rules.ts';

export type { Finding, LintFacts, Place, Severity } from './finding.ts';

const SHOW: Place = { kind: 'show' };

/** What is true of the show whatever its episodes are. */
export function lintShow(show: FeedShow, facts: LintFacts): Finding[] {
  return [
    ...findingsOf([...SHOW_RULES, ...SAID_RULES], show, facts, SHOW),
    ...(facts.art === undefined ? [] : findingsOf(ART_RULES, facts.art, facts, SHOW)),
  ];
}

export function lintItem(item: FeedItem, show: ItemInShow['show'], facts: LintFacts): Finding[] {
  const where: Place = { kind: 'item', guid: item.guid };
  const art = facts.itemArt?.get(item.guid);
  return [
    ...findingsOf([...ITEM_RULES, ...ITEM_SAID_RULES], { item, show }, facts, where),
    ...findingsOf(ENCLOSURE_RULES, item.enclosure, facts, where),
    // Apps fall back to the show's art: an episode need not wait for its own.
    ...(art === undefined ? [] : findingsOf(ART_RULES, art, facts, where)).map((finding) => ({
      ...finding,
      severity: 'warns' as const,
    })),
  ];
}

export function lintLiveItem(live: LiveItem, facts: LintFacts): Finding[] {
  const where: Place = { kind: 'live', guid: live.guid };
  return [
    ...findingsOf(LIVE_RULES, live, facts, where),
    ...findingsOf(ENCLOSURE_RULES, live.enclosure, facts, where),
  ];
}

export function lintFeed(show: FeedShow, facts: LintFacts): Finding[] {
  return [
    ...lintShow(show, facts),
    ...duplicatesIn(show.items),
    ...show.items.flatMap((item) => lintItem(item, show, facts)),
    ...(show.liveItems ?? []).flatMap((live) => lintLiveItem(live, facts)),
  ];
}

export interface Gate {
  /** While there are any the feed stays as it is. */
  show: Finding[];
  /** Guids of what must not appear yet. What has appeared already stays: apps take a missing episode for a deleted one. */
  heldBack: ReadonlySet<string>;
}

export function gateOf(findings: readonly Finding[]): Gate {
  const blocking = findings.filter(({ severity }) => severity === 'blocks');
  return {
    show: blocking.filter(({ where }) => where.kind === 'show'),
    heldBack: new Set(blocking.flatMap(({ where }) => (where.kind === 'show' ? [] : where.guid))),
  };
}

/** The gate before a feed goes out: what is new and would be refused waits, what has appeared stays. */
import type { PublishableEpisode } from '../../src/catalog/index.ts';
import type { ArtFacts } from '../feed/lint/art.ts';
import { duplicatesIn } from '../feed/lint/duplicates.ts';
import { type Finding, gateOf, lintItem, lintLiveItem, lintShow } from '../feed/lint/lint.ts';
import type { FeedShow } from '../feed/model.ts';
import { EnclosureError } from './enclosures.ts';
import type { ShowMemory } from './publishing-memory.ts';

/** A show that directories would refuse has no feed yet. The message is for its hosts. */
export class FeedRefusedError extends Error {
  override name = 'FeedRefusedError';
  constructor(findings: readonly Finding[]) {
    super(`The feed was not written. ${findings.map(sentence).join(' ')}`);
  }
}

export const sentence = ({ what, remedy }: Finding): string => `${ended(what)} ${ended(remedy)}`;
const ended = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

export interface GateFacts {
  /** Its feed is out already: it goes on following the catalog, so that what is taken back goes. */
  isOut: boolean;
  baseUrl: string;
  art: ArtFacts | undefined;
  now: Date;
}

export interface Passed {
  /** Guids of what must wait. */
  heldBack: ReadonlySet<string>;
  /** Why, for the hosts of each. */
  errors: EnclosureError[];
  /** What some directories or apps would show less of. */
  warnings: Finding[];
}

/** On its way into the feed for the first time. */
export const isNew = ({ state, publishing_at: asked, published_at: dated }: PublishableEpisode): boolean =>
  state === 'publishing' && asked !== null && asked.getTime() === dated.getTime();

/** Apps and directories have it already, from another host: not to show it any more would look as if it were deleted. */
const isImported = ({ session_id }: PublishableEpisode): boolean => session_id === null;

/**
 * Throws FeedRefusedError, unless directories know the show as it is: then what is wrong with it keeps what is new from it, and
 * nothing else. `episodes` are those of the items, in their order. Each item is looked at once as long as it stays as it is; of
 * a show of thousands an edit changes one.
 */
export function passGate(
  feed: FeedShow,
  episodes: readonly PublishableEpisode[],
  facts: GateFacts,
  prints: ReadonlyMap<string, string>,
  known: ShowMemory,
): Passed {
  const items = feed.items.flatMap((item, index) => {
    const { id } = episodes[index]!;
    const last = known.items.get(id);
    if (last?.item === item) return last.findings;
    const findings = lintItem(item, feed, facts);
    known.items.set(id, { made: prints.get(id), item, findings });
    return findings;
  });
  const findings = [
    ...lintShow(feed, facts),
    ...duplicatesIn(feed.items),
    ...items,
    ...(feed.liveItems ?? []).flatMap((live) => lintLiveItem(live, facts)),
  ];
  const gate = gateOf(findings);
  const isKnown = facts.isOut || episodes.some(isImported);
  if (gate.show.length > 0 && !isKnown) throw new FeedRefusedError(gate.show);
  const isHeld = ({ guid }: PublishableEpisode) => gate.show.length > 0 || gate.heldBack.has(guid);
  const held = episodes.filter((episode) => isNew(episode) && !isImported(episode) && isHeld(episode));
  const imported = new Set(episodes.filter(isImported).map(({ guid }) => guid));
  const live = (feed.liveItems ?? []).filter(({ guid }) => gate.heldBack.has(guid));
  const why = (guid: string) =>
    findings.filter(
      ({ severity, where }) => severity === 'blocks' && (where.kind === 'show' || where.guid === guid),
    );
  return {
    heldBack: new Set([...held, ...live].map(({ guid }) => guid)),
    errors: held.map(
      (episode) =>
        new EnclosureError(episode, why(episode.guid).map(sentence).join(' '), 'Then publish it again.'),
    ),
    warnings: findings.filter(({ severity, where }) =>
      severity === 'warns' ? true : isKnown && (where.kind === 'show' || imported.has(where.guid)),
    ),
  };
}

/**
 * Of what only members hear: what no app could play waits as well. No directory ever reads their feed, so what is wrong with
 * the show itself keeps nothing from them, and what others would show less of is nothing to tell.
 */
export function passMembersGate(
  feed: FeedShow,
  episodes: readonly PublishableEpisode[],
  facts: Pick<GateFacts, 'baseUrl' | 'now'>,
): Pick<Passed, 'heldBack' | 'errors'> {
  const coming = episodes.flatMap((episode, index) => {
    const waits = episode.visibility === 'members' && isNew(episode) && !isImported(episode);
    return waits ? { episode, item: feed.items[index]! } : [];
  });
  if (coming.length === 0) return { heldBack: new Set(), errors: [] };
  const repeated = duplicatesIn(feed.items);
  const errors = coming.flatMap(({ episode, item }) => {
    const findings = [...lintItem(item, feed, { ...facts, art: undefined }), ...repeated].filter(
      ({ severity, where }) => severity === 'blocks' && where.kind === 'item' && where.guid === episode.guid,
    );
    return findings.length === 0
      ? []
      : new EnclosureError(episode, findings.map(sentence).join(' '), 'Then publish it again.');
  });
  return { heldBack: new Set(errors.map(({ guid }) => guid)), errors };
}

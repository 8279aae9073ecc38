/** What was heard of listeners and not yet told to the catalog. Bounded, because the catalog may be away for long. */
import type { FilteredRequests, ListenerRequests } from '../../src/catalog/index.ts';
import { joinSpans, type Span } from './counting.ts';
import type { Asked, Identity } from './identify.ts';

/** One request, as long as its body goes out. */
export interface Observation {
  asked: Asked;
  readonly status: number;
  /** In UTC: the day it began in. */
  readonly day: string;
  /** Not yet told: the request itself (1, or 0 when it was), and the bytes from here to there. */
  requests: number;
  from: number;
  to: number;
  /** Once it is known; the address is forgotten then. */
  identity?: Identity;
}

/** What was not yet told of an observation, taken out of it. */
export interface Taken {
  observation: Observation;
  requests: number;
  span: Span;
}

export function take(observation: Observation): Taken {
  const { requests, from, to } = observation;
  Object.assign(observation, { requests: 0, from: to });
  return { observation, requests, span: [from, to] };
}

export function giveBack({ observation, requests, span }: Taken): void {
  observation.requests += requests;
  observation.from = span[0];
}

/** In the catalog's form. */
export interface Told {
  listeners: ListenerRequests[];
  filtered: FilteredRequests[];
}

/** Joins what one listener had of one file, so that a thousand ranges are one row. Observations must have an identity. Pure. */
export function summarize(taken: readonly Taken[]): Told {
  const listeners = new Map<string, ListenerRequests & { sent: Span[] }>();
  const filtered = new Map<string, FilteredRequests>();
  for (const { observation, requests, span } of taken) {
    const { day, asked, identity } = observation;
    if (identity?.kind === 'filtered' && requests > 0) {
      const { episodeId, reason } = identity;
      const key = `${day} ${episodeId} ${reason}`;
      const before = filtered.get(key)?.requests ?? 0;
      filtered.set(key, { day, episodeId, reason, requests: before + requests });
    }
    if (identity?.kind === 'listener') {
      const { episodeId, listener, app, device, country, delivery } = identity;
      const { mediaKey } = asked;
      const key = `${day} ${listener} ${mediaKey}`;
      const row = listeners.get(key) ?? {
        ...{ day, episodeId, mediaKey, listener, app, device, country, delivery },
        ...{ requests: 0, sent: [] },
      };
      row.requests += requests;
      row.sent.push(span);
      listeners.set(key, row);
    }
  }
  return {
    listeners: [...listeners.values()].map((row) => ({ ...row, sent: joinSpans(row.sent) })),
    filtered: [...filtered.values()],
  };
}

/** Both, the newest of them where they are more than `most`. */
export const together = (before: Told, after: Told, most: number): Told => ({
  listeners: [...before.listeners, ...after.listeners].slice(-most),
  filtered: [...before.filtered, ...after.filtered].slice(-most),
});

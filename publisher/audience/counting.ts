/**
 * What counts as a download, by IAB Tech Lab's Podcast Technical Measurement Guidelines 2.3 (September 2026; cited below as
 * PTM, https://github.com/IABTechLab/Podcast-Technical-Measurement), whose rules are those of 2.1 and 2.2 made clearer. Pure.
 */
import type { Agent } from './agent-lists.ts';

/** Why a request is part of no download. Each request is told under one reason at most. */
export const FILTER_REASONS = {
  /** HEAD, which looks for changes (PTM 5.5.2, step 1.3, 1). */
  head: 'head',
  /** 304 (step 1.3, 2c), 416 and errors: no audio went out. */
  'no-audio': 'no-audio',
  /** `Range: bytes=0-1`, by which apps ask whether ranges can be had (step 1.2, 6). */
  probe: 'probe',
  /** By its user agent, no listener (step 1.2, 5). */
  bot: 'bot',
  /** What Apple Watches fetch beside their telephone (step 1.2, 7). */
  watch: 'watch',
  /** From an address of a data centre, by the operator's list (step 1.2, 2). */
  'data-center': 'data-center',
  /** Without a user agent, or without an address: nobody could be told apart. */
  anonymous: 'anonymous',
  /** More agents behind one address than can be listeners (step 1.2, 1). */
  excess: 'excess',
} as const;
export type FilterReason = keyof typeof FILTER_REASONS;

export interface MediaRequest {
  method: string;
  /** Of the answer. */
  status: number;
  range: string | undefined;
  agent: Agent | undefined;
  agentText: string;
  hasAddress: boolean;
  isDataCenter: boolean;
}

/** PTM step 1.2, 7: agents that begin with `atc/` and include watchOS, or contain `(null)/(null) watchOS`. */
const WATCH = /^atc\/.*watchOS|\(null\)\/\(null\) watchOS/;
const PROBE = /^bytes=[ \t]*0-1[ \t]*$/i;
/** A redirect counts where media is not served by us; then the answer that brings the audio is another's. */
const WITH_AUDIO: ReadonlySet<number> = new Set([200, 206, 302]);

/** Why a request counts for nothing; undefined when its bytes may be part of a download. */
export function filterReason(request: MediaRequest): FilterReason | undefined {
  if (request.method === 'HEAD') return 'head';
  if (request.method !== 'GET' || !WITH_AUDIO.has(request.status)) return 'no-audio';
  if (PROBE.test(request.range ?? '')) return 'probe';
  if (request.agentText.trim() === '' || !request.hasAddress) return 'anonymous';
  if (WATCH.test(request.agentText)) return 'watch';
  if (request.agent?.kind === 'bot') return 'bot';
  return request.isDataCenter ? 'data-center' : undefined;
}

/** Which bytes of a file are audio, and how many of them make a download. */
export interface Threshold {
  /** The first byte that counts. */
  fromByte: number;
  enoughBytes: number;
}

const MINUTE_S = 60;

/**
 * "The header information plus enough of the podcast content to play for 1 minute" (PTM 5.5.3): of what follows the header
 * as many bytes as a minute has on average. A file of up to a minute must be had whole, header included.
 */
export function thresholdOf(file: { bytes: number; durationUs: number; audioStart: number }): Threshold {
  const { bytes, durationUs, audioStart } = file;
  const seconds = durationUs / 1e6;
  if (seconds <= MINUTE_S || audioStart >= bytes) return { fromByte: 0, enoughBytes: bytes };
  return { fromByte: audioStart, enoughBytes: Math.ceil(((bytes - audioStart) * MINUTE_S) / seconds) };
}

/**
 * The measurement window is the calendar day in UTC (PTM 5.5.1, "calendar day (fixed) measurement window"): with it the salt
 * of the addresses can be destroyed when the day is over. A request belongs to the day in which it began.
 */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Half-open: bytes `from` up to, not including, `to`. */
export type Span = readonly [from: number, to: number];

/** In order, and joined where they touch. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (to <= from) continue;
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

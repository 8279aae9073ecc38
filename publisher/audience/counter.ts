/**
 * Counts who listens, beside serving: it is told of each answer and of the bytes as they go out, which costs serving two
 * additions, and every few seconds takes what it heard to the catalog. A crash loses those few seconds.
 */
import type { Logger } from 'pino';
import type { Audience } from '../../src/catalog/index.ts';
import type { MediaStore } from '../media/store.ts';
import type { AddressRanges } from './address-ranges.ts';
import { audioFiles } from './audio-files.ts';
import { dayOf } from './counting.ts';
import { giveBack, type Observation, summarize, take, type Taken, together, type Told } from './heard.ts';
import { type Asked, createIdentifier } from './identify.ts';
import type { PinnedLists } from './pinned-lists.ts';

export interface CounterOptions {
  audience: Omit<Audience, 'ofShow'>;
  media: MediaStore;
  lists: PinnedLists;
  countries?: AddressRanges | undefined;
  dataCenters?: AddressRanges | undefined;
  /** For how many days the apps, devices, countries and ways of delivery are kept. */
  detailDays: number;
  logger: Logger;
  /** Milliseconds since 1970. */
  nowMs?: () => number;
  /** 0: only when it is told to. */
  flushEveryMs?: number;
}

/** What is about to be answered. */
export interface Answered {
  status: number;
  /** The first byte of the file that is sent. */
  first: number;
  /** Of a 302 to another who serves it: the byte after the last that was asked for. */
  end?: number;
}

/** Told of each piece of the body, when it has gone out. */
export type SentListener = (bytes: number) => void;

export interface AudienceCounter {
  /** Must be called before the body is read. Never throws and never waits. */
  observe(asked: Asked, answered: Answered): SentListener;
  /** Takes what was heard to the catalog. Rejects when that is away; nothing is lost by it. */
  flush(): Promise<void>;
  /** Flushes for the last time. Close the server before it and the catalog after it. */
  close(): Promise<void>;
}

const FLUSH_EVERY_MS = 5_000;
const CLOSE_DAYS_EVERY_MS = 10 * 60_000;
/** Clocks of several servers differ; after this no address of the day before can be hashed any more. */
const SALT_GRACE_MS = 10 * 60_000;
/** A download that began before midnight may go on: it counts for the day it began in. */
const OPEN_GRACE_MS = 6 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const MOST_WAITING = 100_000;
/** Of each flush: agents that were never seen cost up to some milliseconds each. */
const CLASSIFY_MS = 1_000;
const YIELD_AFTER_MS = 10;

export function createAudienceCounter(options: CounterOptions): AudienceCounter {
  const { audience, logger, nowMs = Date.now, flushEveryMs = FLUSH_EVERY_MS } = options;
  const salts = new Map<string, Uint8Array>();
  const waiting = new Set<Observation>();
  let told: Told = { listeners: [], filtered: [] };
  let dropped = 0;
  let closedDaysAtMs = -Infinity;

  const saltsSince = () => dayOf(nowMs() - SALT_GRACE_MS);
  const openSince = () => dayOf(nowMs() - OPEN_GRACE_MS);
  async function saltOf(day: string): Promise<Uint8Array | undefined> {
    if (day < saltsSince()) return undefined;
    const salt = salts.get(day) ?? (await audience.saltOf(day));
    salts.set(day, salt);
    return salt;
  }
  const identifier = createIdentifier({ ...options, fileOf: audioFiles(options, nowMs), saltOf });

  async function identifyAll(taken: readonly Taken[]): Promise<void> {
    const budget = { ms: CLASSIFY_MS };
    let yieldedAtMs = performance.now();
    for (const { observation } of taken) {
      const { asked, status, day } = observation;
      observation.identity ??= await identifier.identify({ ...asked, status, day }, budget);
      observation.asked = { ...asked, address: undefined };
      if (performance.now() - yieldedAtMs < YIELD_AFTER_MS) continue;
      await new Promise((resume) => setImmediate(resume));
      yieldedAtMs = performance.now();
    }
  }

  async function flushOnce(): Promise<void> {
    const taken = [...waiting].map(take);
    waiting.clear();
    try {
      await identifyAll(taken);
    } catch (error) {
      for (const each of taken) {
        giveBack(each);
        waiting.add(each.observation);
      }
      throw error;
    }
    told = together(told, summarize(taken), MOST_WAITING);
    if (told.listeners.length + told.filtered.length > 0) await audience.record(told, openSince());
    told = { listeners: [], filtered: [] };
    if (dropped > 0)
      logger.warn({ requests: dropped }, 'Requests were not counted: too many waited for the catalog');
    dropped = 0;
    await closeDays();
  }

  /** Destroys the salts of days that are over, and after a while all but figures. */
  async function closeDays(): Promise<void> {
    const sinceMs = nowMs() - closedDaysAtMs;
    if (sinceMs < CLOSE_DAYS_EVERY_MS) return;
    for (const day of salts.keys())
      if (day < saltsSince()) {
        salts.delete(day);
        identifier.forget();
      }
    await audience.close({ saltsSince: saltsSince(), openSince: openSince() });
    await audience.thinOut(dayOf(nowMs() - options.detailDays * DAY_MS));
    closedDaysAtMs = nowMs();
  }

  let flushing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const next = flushing.then(flushOnce);
    flushing = next.catch(() => undefined);
    return next;
  };
  let isAway = false;
  const flushQuietly = async () => {
    try {
      await flush();
      isAway = false;
    } catch (error) {
      if (!isAway)
        logger.error({ err: error }, 'Listeners cannot be counted at the moment; what was heard waits');
      isAway = true;
    }
  };
  const timer = flushEveryMs === 0 ? undefined : setInterval(() => void flushQuietly(), flushEveryMs).unref();

  return {
    observe(asked, { status, first, end = first }) {
      const day = dayOf(nowMs());
      // What is behind a redirect is not seen: what was asked for is all that is known of it.
      const observation: Observation = { asked, status, day, requests: 1, from: first, to: end };
      const wait = () => {
        if (waiting.size < MOST_WAITING || waiting.has(observation)) waiting.add(observation);
        else dropped += observation.requests;
      };
      wait();
      return (sentBytes) => {
        observation.to += sentBytes;
        wait();
      };
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** How often and how long each job is tried. */
import type { QueuePolicy, WorkOptions } from 'pg-boss';
import type { JobName, JobPayloads } from './queue.ts';

export interface JobPolicy<Name extends JobName = JobName> {
  queue: {
    policy: QueuePolicy;
    retryLimit: number;
    /** Seconds; doubles with each try up to `retryDelayMax`. */
    retryDelay: number;
    retryBackoff: true;
    retryDelayMax: number;
    expireInSeconds: number;
    /** A job whose process has not been heard of for so long is tried again by another. */
    heartbeatSeconds: number;
    deleteAfterSeconds: number;
  };
  polling: Pick<WorkOptions, 'pollingIntervalSeconds' | 'notifyPollingIntervalSeconds'>;
  /** Jobs with the same key do not run beside each other. */
  each?(payload: JobPayloads[Name]): { singletonKey: string };
}

const common = {
  retryBackoff: true,
  retryDelayMax: 300,
  heartbeatSeconds: 60,
  deleteAfterSeconds: 24 * 60 * 60,
} as const;

/** A new job wakes its worker by NOTIFY; polling finds the retries, which nobody announces. */
const polling = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 };

export type JobPolicies = { [Name in JobName]: JobPolicy<Name> };

export const jobPolicies: JobPolicies = {
  /** Rendering is long and mostly fails for reasons that stay; a long form of twelve hours must fit. */
  master: {
    queue: { ...common, policy: 'singleton', retryLimit: 3, retryDelay: 10, expireInSeconds: 6 * 60 * 60 },
    polling,
    each: ({ episodeId }) => ({ singletonKey: episodeId }),
  },
  /** As rendering; a producer waits for it, so that a failure is told sooner. */
  export: {
    queue: { ...common, policy: 'singleton', retryLimit: 2, retryDelay: 10, expireInSeconds: 6 * 60 * 60 },
    polling,
    each: ({ exportId }) => ({ singletonKey: exportId }),
  },
  /** Somebody's voice is public that must not be: tried for a whole day, should the store be away. */
  'take-down': {
    queue: { ...common, policy: 'standard', retryLimit: 300, retryDelay: 2, expireInSeconds: 15 * 60 },
    polling,
  },
  /** An endpoint may be away for hours, and nobody waits: what it answered before is kept from try to try. */
  transcribe: {
    queue: {
      ...common,
      policy: 'singleton',
      retryLimit: 8,
      retryDelay: 60,
      retryDelayMax: 60 * 60,
      expireInSeconds: 12 * 60 * 60,
    },
    polling,
    each: ({ episodeId }) => ({ singletonKey: episodeId }),
  },
  /** Other hosts may be away, and slow; each try goes on where the one before ended. */
  import: {
    queue: { ...common, policy: 'stately', retryLimit: 8, retryDelay: 30, expireInSeconds: 24 * 60 * 60 },
    polling,
    each: ({ importId }) => ({ singletonKey: importId }),
  },
  /** Publishing is short and mostly fails because a store is away: it outlasts about half an hour of that. */
  publish: {
    queue: { ...common, policy: 'singleton', retryLimit: 12, retryDelay: 4, expireInSeconds: 15 * 60 },
    polling,
  },
  /** Of a change of yesterday nobody needs to be told any more: apps have found it by asking. */
  announce: {
    queue: { ...common, policy: 'stately', retryLimit: 6, retryDelay: 10, expireInSeconds: 5 * 60 },
    polling,
    each: ({ showId }) => ({ singletonKey: showId }),
  },
  /** As publishing. One waits at most: it reads the catalog when it begins, so what came since the one at hand is in it. */
  refresh: {
    queue: { ...common, policy: 'stately', retryLimit: 12, retryDelay: 4, expireInSeconds: 15 * 60 },
    polling,
    each: ({ showId }) => ({ singletonKey: showId }),
  },
};

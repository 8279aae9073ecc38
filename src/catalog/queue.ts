/** The jobs there are, by name, and how they come into the queue: in the transaction of what they are about. */
import { fromKysely, type Job, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Engine } from './engine/index.ts';
import type { Db } from './handle.ts';
import { type JobPolicies, jobPolicies } from './queue-policies.ts';
import type { KeptPiece } from './schema.ts';

export interface MasterJob {
  sessionId: string;
  episodeId: string;
}

export interface PublishJob {
  episodeId: string;
}

export interface RefreshJob {
  showId: string;
}

export interface AnnounceJob {
  showId: string;
}

export interface ExportJob {
  exportId: string;
}

export interface ImportJob {
  importId: string;
}

export interface TranscribeJob {
  sessionId: string;
  episodeId: string;
  /** What of the session its master keeps, and where: in order, in microseconds. */
  pieces: KeptPiece[];
  /** Where an edit silences a track: what was said there is not heard. */
  muted?: { track: number; startUs: number; endUs: number }[];
}

export interface TakeDownJob {
  episodeId: string;
  /** Of the media store: what the episode consisted of. */
  mediaKeys: string[];
}

export interface JobPayloads {
  master: MasterJob;
  'take-down': TakeDownJob;
  publish: PublishJob;
  refresh: RefreshJob;
  announce: AnnounceJob;
  transcribe: TranscribeJob;
  export: ExportJob;
  import: ImportJob;
}

export type JobName = keyof JobPayloads;

export interface JobSender {
  /** In a transaction the job exists if and only if it commits. */
  enqueue<Name extends JobName>(name: Name, payload: JobPayloads[Name]): Promise<void>;
}

/** One try of one job. */
export interface JobTry<Name extends JobName = JobName> {
  id: string;
  payload: JobPayloads[Name];
  /** Aborted when the worker closes, when the job takes longer than it may, or when another worker has taken it over. */
  signal: AbortSignal;
}

export interface JobHandler<Name extends JobName = JobName> {
  /** May be tried again at any point, also after a try whose process was killed. Throw GiveUpError where a retry is futile. */
  run(job: JobTry<Name>): Promise<void>;
  /** The last try has failed, however it ended; `reason` is the message of its error. */
  giveUp(payload: JobPayloads[Name], reason: string): Promise<void>;
}

export interface Queue extends JobSender {
  /**
   * Takes jobs of this name, one at a time, until closed. A handler that throws has its job tried again, later and later;
   * a job whose process died is tried again too. `close` aborts the job at hand and waits for its handler; that try does not
   * count, so that no number of restarts uses a job up.
   */
  work<Name extends JobName>(name: Name, handler: JobHandler<Name>): Promise<{ close(): Promise<void> }>;
  /** Jobs whose last try failed after this moment. */
  givenUp(since: Date): Promise<GivenUpJob[]>;
}

export interface GivenUpJob {
  job: JobName;
  at: Date;
  /** The message of its error. */
  reason: string;
}

/** Trying again would end the same way; the message says why, to a person. */
export class GiveUpError extends Error {
  override name = 'GiveUpError';
}

export interface OpenQueue extends Queue {
  /** Puts jobs into the queue as part of a transaction. */
  within(trx: Db): JobSender;
  close(): Promise<void>;
}

/** Of one kind, in the days for which they are kept. */
const MOST_GIVEN_UP = 10_000;

/** Where jobs go whose last try has failed. */
const givenUp = (name: JobName) => `${name}-given-up`;

export async function openQueue(
  engine: Engine,
  logger: Logger,
  policies: JobPolicies = jobPolicies,
): Promise<OpenQueue> {
  const boss = new PgBoss({
    db: { executeSql: engine.executeSql, listen: engine.listen },
    backend: engine.kind === 'embedded' ? 'pglite' : 'postgres',
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    // The embedded engine vacuums by its own upkeep, and cannot rebuild an index beside its one connection.
    monitorVacuum: engine.kind === 'server',
    reindex: engine.kind === 'server',
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 30,
  });
  boss.on('error', (error) => logger.error({ err: error }, 'The job queue has a fault'));
  boss.on('warning', ({ message, data }) => logger.warn({ warning: data }, message));
  await boss.start();
  for (const name of Object.keys(policies) as JobName[]) {
    const { policy, ...retries } = policies[name].queue;
    await boss.createQueue(givenUp(name), {
      notify: true,
      retryLimit: 20,
      retryDelay: 5,
      retryBackoff: true,
    });
    // Creating leaves a queue of an earlier version as it is; updating brings it to this one's numbers.
    await boss.createQueue(name, { policy, notify: true, deadLetter: givenUp(name), ...retries });
    await boss.updateQueue(name, retries);
  }

  const senderOn = (db: Parameters<PgBoss['send']>[2]): JobSender => ({
    async enqueue(name, payload) {
      await boss.send(name, payload, { ...db, ...policies[name].each?.(payload) });
    },
  });

  return {
    ...senderOn({}),
    within: (trx) => senderOn({ db: fromKysely(trx) }),
    async work(name, handler) {
      type Payload = JobPayloads[typeof name];
      if (engine.kind === 'embedded') await returnOrphans(boss, name);
      const closing = new AbortController();
      const polling = policies[name].polling;
      const settle = async (
        queue: string,
        job: Pick<Job, 'id' | 'retryCount'>,
        run: () => Promise<void>,
      ): Promise<JobResult[]> => {
        const { id } = job;
        try {
          await run();
          return [{ id, status: 'completed' }];
        } catch (error) {
          const isEnded = closing.signal.aborted && !(error instanceof GiveUpError);
          if (isEnded) await returnUncounted(engine, queue, job);
          if (!closing.signal.aborted) logger.error({ err: error, job: name, jobId: id }, 'A job failed');
          const output = { message: error instanceof Error ? error.message : String(error) };
          return [{ id, status: error instanceof GiveUpError ? 'deadletter' : 'failed', output }];
        }
      };
      const workers = [
        {
          queue: name,
          id: await boss.work(name, { ...polling, perJobResults: true }, async (jobs: Job<Payload>[]) => {
            const job = jobs[0]!;
            const signal = AbortSignal.any([job.signal, closing.signal]);
            return settle(name, job, () => handler.run({ id: job.id, payload: job.data, signal }));
          }),
        },
        {
          queue: givenUp(name),
          id: await boss.work(
            givenUp(name),
            { ...polling, perJobResults: true, includeMetadata: true },
            async (jobs: JobWithMetadata<Payload>[]) => {
              const job = jobs[0]!;
              return settle(givenUp(name), job, () => handler.giveUp(job.data, reasonOf(job)));
            },
          ),
        },
      ];
      return {
        async close() {
          closing.abort(new Error('The worker is closing; the job is tried again when one runs.'));
          await Promise.all(workers.map(({ queue, id }) => boss.offWork(queue, { id, wait: true })));
        },
      };
    },
    async givenUp(since) {
      const jobs: GivenUpJob[] = [];
      for (const name of Object.keys(policies) as JobName[])
        for (const job of await boss.findJobs(givenUp(name), { limit: MOST_GIVEN_UP }))
          if (job.createdOn > since) jobs.push({ job: name, at: job.createdOn, reason: reasonOf(job) });
      return jobs;
    },
    close: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

const reasonOf = ({ sourceOutput }: Pick<JobWithMetadata, 'sourceOutput'>): string =>
  (sourceOutput as { message?: string } | null | undefined)?.message ?? 'it was interrupted';

/**
 * Nobody else can work on an embedded catalog, so what is active before its worker starts was left by a process that
 * died: it goes back into the queue now, not when its heartbeat is missed.
 */
async function returnOrphans(boss: PgBoss, name: JobName): Promise<void> {
  const jobs = await boss.findJobs(name);
  const orphans = jobs.filter((job) => job.state === 'active').map((job) => job.id);
  if (orphans.length > 0) await boss.fail(name, orphans, { message: 'the process that ran it ended' });
}

/**
 * Puts the job of a try that was ended on purpose back as if it had not begun: the next claim counts a try only when
 * `started_on` is set, and what the worker answers afterwards finds no active job to settle (pg-boss 12.38, plans.js:
 * fetchNextJob, restoreJobs, attemptFence). The second's rest keeps others from claiming it before that answer is given.
 */
async function returnUncounted(
  engine: Engine,
  queue: string,
  { id, retryCount }: Pick<Job, 'id' | 'retryCount'>,
): Promise<void> {
  await engine.executeSql(
    `UPDATE pgboss.job
     SET state = 'retry', started_on = NULL, heartbeat_on = NULL, start_after = now() + interval '1 second'
     WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`,
    [queue, id, retryCount],
  );
}

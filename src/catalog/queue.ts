/** The jobs there are, by name, and how they come into the queue: in the transaction of what they are about. */

export interface MasterJob {
  sessionId: string;
  episodeId: string;
}

export interface PublishJob {
  episodeId: string;
}

export interface JobPayloads {
  master: MasterJob;
  publish: PublishJob;
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
  /** No try follows this one: what fails now has failed for good. */
  last: boolean;
  /** Aborted when the worker closes or the job takes longer than it may. */
  signal: AbortSignal;
}

export interface Queue extends JobSender {
  /**
   * Takes jobs of this name, one at a time, until closed. A handler that throws has its job tried again, later and later;
   * a job whose process died is tried again too. `close` aborts the job at hand and waits for its handler.
   */
  work<Name extends JobName>(
    name: Name,
    handle: (job: JobTry<Name>) => Promise<void>,
  ): Promise<{ close(): Promise<void> }>;
}

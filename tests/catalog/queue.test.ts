import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type Catalog,
  GiveUpError,
  type JobHandler,
  type JobTry,
  openCatalog,
} from '../../src/catalog/index.ts';
import { jobPolicies } from '../../src/catalog/queue-policies.ts';
import { onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

/** The real policies with their waiting cut to what pg-boss allows at least: half a second between looks, one of backoff. */
const polling = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
const hasty = { retryLimit: 2, retryDelay: 1, retryDelayMax: 1 };
const quickPolicies = {
  ...jobPolicies,
  master: { ...jobPolicies.master, polling, queue: { ...jobPolicies.master.queue, ...hasty } },
  publish: { ...jobPolicies.publish, polling, queue: { ...jobPolicies.publish.queue, ...hasty } },
};
const enough = { timeout: 15_000 };

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  const reopen = async () => {
    await opened.catalog.close();
    catalog = opened.catalog = await openCatalog({ ...opened.options, jobPolicies: quickPolicies });
  };
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    await reopen();
  });
  afterAll(() => opened.remove());

  /** Works until the test ends, and notes what came. */
  async function work(run: (job: JobTry<'publish'>, nth: number) => Promise<void> | void) {
    const tries: string[] = [];
    const givenUp: { episodeId: string; reason: string }[] = [];
    const handler: JobHandler<'publish'> = {
      async run(job) {
        tries.push(job.payload.episodeId);
        await run(job, tries.length);
      },
      giveUp({ episodeId }, reason) {
        givenUp.push({ episodeId, reason });
        return Promise.resolve();
      },
    };
    const worker = await catalog.queue.work('publish', handler);
    onTestFinished(() => worker.close());
    return { tries, givenUp, worker };
  }
  const untilAborted = ({ signal }: JobTry) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  const newJob = () => ({ episodeId: randomUUID() });

  test('a job exists if and only if its transaction commits', async () => {
    const [kept, undone] = [newJob(), newJob()];
    const { tries } = await work(() => undefined);
    await catalog
      .transaction(async (trx) => {
        await trx.queue.enqueue('publish', undone);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await catalog.transaction((trx) => trx.queue.enqueue('publish', kept));
    await expect.poll(() => tries, enough).toEqual([kept.episodeId]);
  });

  test('a job that fails is tried again, and succeeds', async () => {
    const job = newJob();
    const { tries, givenUp } = await work((_job, nth) => {
      if (nth < 3) throw new Error('not yet');
    });
    await catalog.queue.enqueue('publish', job);
    await expect.poll(() => tries, enough).toEqual([job.episodeId, job.episodeId, job.episodeId]);
    expect(givenUp).toEqual([]);
  });

  test('after its last try a job is given up, with the reason', async () => {
    const job = newJob();
    const { tries, givenUp } = await work(() => {
      throw new Error('The store is away.');
    });
    await catalog.queue.enqueue('publish', job);
    await expect.poll(() => givenUp, enough).toEqual([{ ...job, reason: 'The store is away.' }]);
    expect(tries).toHaveLength(1 + hasty.retryLimit);
  });

  test('what is futile is given up at once', async () => {
    const job = newJob();
    const { tries, givenUp } = await work(() => {
      throw new GiveUpError('Nobody spoke.');
    });
    await catalog.queue.enqueue('publish', job);
    await expect.poll(() => givenUp, enough).toEqual([{ ...job, reason: 'Nobody spoke.' }]);
    expect(tries).toHaveLength(1);
  });

  test('closing aborts the job at hand, which the next worker takes', async () => {
    const job = newJob();
    const first = await work(untilAborted);
    await catalog.queue.enqueue('publish', job);
    await expect.poll(() => first.tries, enough).toHaveLength(1);
    await first.worker.close();
    const second = await work(() => undefined);
    await expect.poll(() => second.tries, enough).toEqual([job.episodeId]);
    expect(first.givenUp).toEqual([]);
  });

  test('any number of orderly closings leaves a job all of its tries', async () => {
    const job = newJob();
    await catalog.queue.enqueue('publish', job);
    for (let nth = 0; nth <= hasty.retryLimit; nth += 1) {
      const { tries, givenUp, worker } = await work(untilAborted);
      await expect.poll(() => tries, enough).toHaveLength(1);
      await worker.close();
      expect(givenUp).toEqual([]);
    }
    const { tries, givenUp } = await work(() => {
      throw new Error('The store is away.');
    });
    await expect.poll(() => givenUp, enough).toHaveLength(1);
    expect(tries).toHaveLength(1 + hasty.retryLimit);
  });

  test.skipIf(engine.serverUrl !== undefined)(
    'a job whose process ended is taken up when the next one starts (embedded: nobody else can have it)',
    async () => {
      const job = newJob();
      // As far as the next worker can tell, this one's process never comes back to say how it went.
      const { tries } = await work(untilAborted);
      await catalog.queue.enqueue('publish', job);
      await expect.poll(() => tries, enough).toHaveLength(1);
      const next = await work(() => undefined);
      await expect.poll(() => next.tries, enough).toEqual([job.episodeId]);
    },
  );

  test('policies of an earlier version are brought to this one’s', async () => {
    await catalog.close();
    const calmer = { ...quickPolicies.publish, queue: { ...quickPolicies.publish.queue, retryLimit: 0 } };
    catalog = opened.catalog = await openCatalog({
      ...opened.options,
      jobPolicies: { ...quickPolicies, publish: calmer },
    });
    const job = newJob();
    const { tries, givenUp } = await work(() => {
      throw new Error('once');
    });
    await catalog.queue.enqueue('publish', job);
    await expect.poll(() => givenUp, enough).toHaveLength(1);
    expect(tries).toHaveLength(1);
  });
});

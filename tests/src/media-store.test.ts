import { expect, onTestFinished, test, vi } from 'vitest';
import { StoreError } from '../../publisher/media/store-error.ts';
import { checkMediaStore } from '../../src/cli/doctor/storage.ts';
import { openMediaStore, watchMediaStore } from '../../src/media-store.ts';
import { quietLogger } from '../catalog/support/test-catalog.ts';

function watching(answers: readonly (StoreError | 'well')[]) {
  const logger = Object.assign(Object.create(quietLogger) as typeof quietLogger, {
    error: vi.fn(),
    info: vi.fn(),
  });
  let asked = 0;
  const check = () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    return answer instanceof StoreError ? Promise.reject(answer) : Promise.resolve();
  };
  const watch = watchMediaStore({ check }, logger, 5);
  onTestFinished(() => watch.close());
  return { logger, watch, asked: () => asked };
}

test('a store that can be used is not talked about', async () => {
  const { logger, asked } = watching(['well']);
  await expect.poll(asked).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked()).toBe(1);
  expect([logger.error.mock.calls, logger.info.mock.calls]).toEqual([[], []]);
});

test('what is wrong at the start is told once with its remedy, and that it is over', async () => {
  const away = new StoreError('away', 'connect ECONNREFUSED');
  const { logger } = watching([away, away, away, new StoreError('no-bucket', '404'), 'well']);
  await expect.poll(() => logger.info.mock.calls.length).toBe(1);
  expect(logger.error.mock.calls.map(([, sentence]) => String(sentence))).toEqual([
    expect.stringMatching(/cannot be reached\. To do: see whether it runs.*publishing waits/),
    expect.stringMatching(/bucket.*does not exist\. To do: correct S3_BUCKET/),
  ]);
});

test('it is looked at no more once it is closed', async () => {
  const { asked, watch } = watching([new StoreError('away', '')]);
  await expect.poll(asked).toBeGreaterThan(1);
  watch.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = asked();
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(asked()).toBe(before);
});

test('without a bucket it is a folder, which the doctor names', async () => {
  const settings = { s3: undefined, mediaFolder: '/srv/media' };
  const store = await openMediaStore(settings);
  await store.check();
  const { media } = store;
  expect('signedUrl' in media).toBe(false);
  expect(media.publicUrl('media/a.mp3')).toBeUndefined();
  expect(await checkMediaStore(settings)).toEqual([
    { topic: 'media store', verdict: 'good', seen: 'the folder /srv/media' },
  ]);
});

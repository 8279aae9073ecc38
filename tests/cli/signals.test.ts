import { expect, test } from 'vitest';
import { untilSignal } from '../../src/cli/signals.ts';
import { upSentence } from '../../src/cli/up.ts';

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends what serves', async (signal) => {
  const before = process.listenerCount(signal);
  const stopped = untilSignal();
  expect(process.listenerCount(signal)).toBe(before + 1);
  process.emit(signal);
  await stopped;
});

test('a person reads that it is up, and where', () => {
  const config = { http: { host: '0.0.0.0', port: 8080, baseUrl: 'https://podcasts.example.org' } };
  expect(upSentence(config, ['bot', 'worker', 'api'])).toBe(
    'Stagecast is up (bot, worker, api). Pages and feeds: https://podcasts.example.org/ (port 8080). Ctrl-C ends it in order.',
  );
  expect(upSentence(config, ['worker'])).toBe('Stagecast is up (worker). Ctrl-C ends it in order.');
});

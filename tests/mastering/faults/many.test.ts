import path from 'node:path';
import { expect, test } from 'vitest';
import { childPeakMb } from '../../../bench/mastering/child-peak.ts';
import { writeCheapSession } from '../../../bench/support/cheap-session.ts';
import { startRender } from '../../../src/mastering/index.ts';
import { requestFor } from '../support/sessions.ts';
import { temporaryFolder } from '../support/signals.ts';

/** The long form, twelve hours of them: `npm run bench:mastering -- --only vast`. */
test('40 speakers who are mostly silent', { timeout: 120_000 }, async () => {
  const seconds = 300;
  const folder = await writeCheapSession(path.join(await temporaryFolder(), 'session'), {
    ...{ speakers: 40, seconds, linesEach: 1 },
  });
  let peakMb = 0;
  const { durationUs, speakers } = await startRender(await requestFor(folder), {
    onProgress: () => (peakMb = Math.max(peakMb, childPeakMb())),
  });
  expect(durationUs).toBe(seconds * 1e6);
  expect(speakers).toHaveLength(40);
  expect(speakers.every(({ measuredLufs }) => measuredLufs !== null)).toBe(true);
  if (process.platform === 'linux') {
    expect(peakMb).toBeGreaterThan(30);
    expect(peakMb).toBeLessThan(250);
  }
});

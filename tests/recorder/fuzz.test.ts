/** The short form of `npm run fuzz`: nonsense between valid packets and messages, by a seed. */
import { expect, test } from 'vitest';
import { runFuzz } from '../../bench/fuzz/run.ts';
import type { FuzzPart } from '../../bench/fuzz/run.ts';

/** Valid packets of both speakers: at the start, then after every 500 datagrams, or every 50 messages. */
const parts: [FuzzPart, number][] = [
  [{ kind: 'datagrams', dave: false, count: 10_000 }, 2 * (1 + 20)],
  [{ kind: 'messages', dave: false, count: 4_000 }, 2 * (1 + 80)],
  [{ kind: 'messages', dave: true, count: 400 }, 2 * (1 + 8)],
];

for (const [part, valid] of parts)
  test(`${part.count} mutated ${part.kind}${part.dave ? ' with DAVE' : ''} cost no valid packet`, async () => {
    const { faults, right, growthMb } = await runFuzz(part, 1);
    expect(faults).toEqual([]);
    expect(right).toBe(valid);
    expect(growthMb).toBeLessThan(16);
  });

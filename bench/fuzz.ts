/**
 * `npm run fuzz`: a recorder that is sent nonsense between valid packets and messages, by a fixed seed and by a random
 * one. Nothing may crash, memory may not grow, and every valid packet must be on disk.
 */
import { parseArgs } from 'node:util';
import { randomInt } from 'node:crypto';
import { runFuzz } from './fuzz/run.ts';
import type { FuzzPart } from './fuzz/run.ts';
import { atMost, reportMusts } from './support/musts.ts';
import type { Must } from './support/musts.ts';
import { formatTable, rounded } from './support/table.ts';

const { values } = parseArgs({
  options: {
    datagrams: { type: 'string', default: '1000000' },
    messages: { type: 'string', default: '100000' },
    /** Of them, to a recorder in a room with end-to-end encryption. */
    'dave-messages': { type: 'string', default: '5000' },
    /** Runs by this seed alone, to see a fault again. */
    seed: { type: 'string' },
  },
});
const FIXED_SEED = 1;
const GROWTH_LIMIT_MB = 16;

const seeds = values.seed === undefined ? [FIXED_SEED, randomInt(2 ** 31)] : [Number(values.seed)];
const daveMessages = Number(values['dave-messages']);
/** Shared out among the seeds. */
const share = (count: number): number => Math.ceil(count / seeds.length);
const parts = (
  [
    { kind: 'datagrams', dave: false, count: share(Number(values.datagrams)) },
    { kind: 'messages', dave: false, count: share(Number(values.messages) - daveMessages) },
    { kind: 'messages', dave: true, count: share(daveMessages) },
  ] satisfies FuzzPart[]
).filter(({ count }) => count > 0);

const musts: Must[] = [];
const rows: (string | number)[][] = [];
for (const seed of seeds) {
  console.log(`seed ${seed}${seed === FIXED_SEED ? '' : ` (run it again with --seed ${seed})`}`);
  for (const part of parts) {
    const name = `${part.kind}${part.dave ? ' with DAVE' : ''}, seed ${seed}`;
    const { faults, right, growthMb, seconds } = await runFuzz(part, seed);
    for (const fault of faults) console.log(`  ${name}: ${fault}`);
    rows.push([name, part.count, right, rounded(growthMb), rounded(seconds, 1)]);
    musts.push(atMost(`${name}: faults`, faults.length, 0));
    musts.push(atMost(`${name}: growth, MB`, rounded(growthMb), GROWTH_LIMIT_MB));
  }
}
console.log(formatTable(['part', 'sent', 'valid packets on disk', 'growth, MB', 'seconds'], rows));
reportMusts('fuzz', musts);

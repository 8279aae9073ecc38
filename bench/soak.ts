/**
 * Random `kill -9` of the recorder, the application, or both, in mid-sentence, round after round: a real process tree that
 * records several servers of an embedded Discord. `--rounds 100`, `--servers 3`, `--seed 7`,
 * `--data-folder soak`.
 */
import { parseArgs } from 'node:util';
import { openSoakHouse } from './soak/house.ts';
import { hasOpusinfo, type Verdict } from './soak/judge.ts';
import { playRound, type Target, TARGETS } from './soak/round.ts';
import { atLeast, atMost, type Must, reportMusts } from './support/musts.ts';
import { formatTable, rounded } from './support/table.ts';
import { seededRandom } from '../src/simulator/voice/faults.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    servers: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Where the installation keeps its files while it is soaked; removed at the end. */
    'data-folder': { type: 'string' },
    /** Counts what the machine itself stalled off the tail, 200 ms at most: for test runs, where others work beside. */
    'forgive-stalls': { type: 'boolean', default: false },
  },
});
const FORGIVEN_MS = 200;
/** Frames wait so long for their keys (docs/decisions/0007). */
const TAKEN_IN_MS = 5_000;
const rounds = Number(values.rounds);
const random = seededRandom(Number(values.seed));
const withOpusinfo = hasOpusinfo();
console.log(`${rounds} rounds in ${values.servers} servers, seed ${values.seed}`);
if (!withOpusinfo)
  console.log('opusinfo is not here and looks at nothing: npm run setup -- --with bench installs it');

const verdicts = new Map<Target, Verdict[]>(TARGETS.map((target) => [target, []]));
let broken = 0;
const house = await openSoakHouse(Number(values.servers), values['data-folder']);
try {
  for (let number = 1; number <= rounds; number += 1) {
    // Each in turn, so that a few rounds see all of them; the moment is what is random.
    const target = TARGETS[(number - 1) % TARGETS.length]!;
    const killAfterMs = Math.round(400 + random() * 1_600);
    const found = await playRound(house, { number, target, killAfterMs });
    verdicts.get(target)!.push(...found);
    const worst = Math.max(...found.map(({ tailMs }) => tailMs));
    const stalled = Math.max(...found.map(({ stallMs }) => stallMs));
    console.log(
      `round ${number}: ${target} killed after ${killAfterMs} ms, tail ${rounded(worst, 0)} ms, machine late ${rounded(stalled, 0)} ms`,
    );
    for (const complaint of found.flatMap(({ complaints }) => complaints)) console.log(`  ${complaint}`);
    broken += found.filter(({ complaints }) => complaints.length > 0).length;
  }
} finally {
  await house.close();
}

const most = (of: readonly Verdict[], what: (verdict: Verdict) => number) =>
  rounded(Math.max(0, ...of.map(what)), 1);
const sum = (of: readonly Verdict[], what: (verdict: Verdict) => number) =>
  of.reduce((all, each) => all + what(each), 0);
const rows = [...verdicts].map(([target, of]) => [
  target,
  of.length,
  sum(of, ({ tracks }) => tracks),
  sum(of, ({ packets }) => packets),
  most(of, ({ tailMs }) => tailMs),
  most(of, ({ stallMs }) => stallMs),
  sum(of, ({ lost }) => lost),
  sum(of, ({ lostMarkers }) => lostMarkers),
  most(of, ({ worstMs }) => worstMs),
  most(of, ({ awayMs }) => awayMs),
]);
console.log(
  `\n${formatTable(['killed', 'sessions', 'tracks', 'packets', 'tail, ms', 'stalled, ms', 'lost', 'markers lost', 'off, ms', 'away, ms'], rows)}`,
);
const all = [...verdicts.values()].flat();
const musts: Must[] = [
  atLeast('sessions that were one session from begin to end', all.length, rounds * Number(values.servers)),
  atMost(
    values['forgive-stalls'] ? 'tail lost by a kill, less stalls, ms' : 'tail lost by a kill, ms',
    most(
      all,
      ({ tailMs, stallMs }) => tailMs - (values['forgive-stalls'] ? Math.min(stallMs, FORGIVEN_MS) : 0),
    ),
    200,
  ),
  atMost(
    'said before the group took the recorder in again, ms',
    most(all, ({ unreadMs }) => unreadMs),
    TAKEN_IN_MS,
  ),
  atMost(
    'packets lost otherwise',
    sum(all, ({ lost }) => lost),
    0,
  ),
  atMost(
    'acknowledged markers lost',
    sum(all, ({ lostMarkers }) => lostMarkers),
    0,
  ),
  atMost(
    'packets off their place, ms',
    most(all, ({ worstMs }) => worstMs),
    5,
  ),
  atMost(`sessions that ffprobe${withOpusinfo ? ' or opusinfo' : ''} complained of`, broken, 0),
];
reportMusts('soak', musts);

import { describe, expect, test } from 'vitest';
import { createWatchdog } from '../../../recorder/voice/watchdog.ts';
import type { WatchAction, Watchdog, WatchSight } from '../../../recorder/voice/watchdog.ts';

const SECOND = 1_000_000;

/** A watchdog that is looked at every 100 ms of a clock that the test turns. */
function watch() {
  const dog = createWatchdog();
  const world = { received: 0, connected: true, canRejoin: true };
  const log: [number, WatchAction][] = [];
  let nowUs = 0;
  dog.connected(0);
  function pass(seconds: number, each: (dog: Watchdog, nowUs: number) => void = () => undefined): void {
    for (const endUs = nowUs + seconds * SECOND; nowUs < endUs;) {
      nowUs += SECOND / 10;
      each(dog, nowUs);
      const sight: WatchSight = { nowUs, ...world };
      for (const action of dog.look(sight)) log.push([nowUs / SECOND, action]);
    }
  }
  const speak =
    (userId: string, silent = false) =>
    (to: Watchdog, atUs: number) => {
      world.received += 5;
      to.heard(userId, silent, atUs);
    };
  const brief = () =>
    log.map(([atS, action]) => [
      atS,
      action.type === 'recover' ? action.step : action.type,
      'heard' in action ? action.heard : action.trouble,
    ]);
  return { dog, world, pass, speak, brief, log, nowUs: () => nowUs };
}

describe('no alarm', () => {
  test.each<[string, (w: ReturnType<typeof watch>) => void]>([
    ['nobody ever speaks', ({ pass }) => pass(120)],
    [
      'everybody stops speaking as clients do, with silence frames',
      ({ pass, speak }) => {
        pass(5, speak('a'));
        pass(0.1, speak('a', true));
        pass(120);
      },
    ],
    [
      'one of two is cut off while the other is heard',
      ({ pass, speak }) => {
        pass(5, speak('a'));
        pass(20, speak('b'));
        pass(0.1, speak('b', true));
        pass(120);
      },
    ],
    [
      'who was cut off is muted, or leaves',
      ({ dog, pass, speak }) => {
        pass(5, speak('a'));
        pass(2);
        dog.quiet('a');
        pass(120);
      },
    ],
    [
      'members are named when the connection begins',
      ({ dog, pass, nowUs }) => {
        pass(1);
        dog.announced('a', nowUs());
        pass(120);
      },
    ],
    [
      'a member is announced and heard',
      ({ dog, pass, speak, nowUs }) => {
        pass(5);
        dog.announced('a', nowUs());
        pass(1);
        pass(5, speak('a'));
        pass(0.1, speak('a', true));
        pass(120);
      },
    ],
    [
      'the connection is lost: that is a reconnect',
      ({ world, pass, speak }) => {
        pass(5, speak('a'));
        world.connected = false;
        pass(60);
      },
    ],
    [
      'one sender cannot be opened, another can',
      ({ dog, pass, speak }) =>
        pass(60, (to, atUs) => {
          speak('b')(to, atUs);
          dog.unopened(atUs);
        }),
    ],
    [
      'a frame now and then cannot be opened',
      ({ dog, pass }) =>
        pass(60, (_to, atUs) => {
          if (atUs % (3 * SECOND) === 0) dog.unopened(atUs);
        }),
    ],
  ])('%s', (_name, play) => {
    const w = watch();
    play(w);
    expect(w.log).toEqual([]);
    expect(w.dog.trouble()).toBeUndefined();
  });
});

test('a stream that breaks off: resume at 4 s, the host told at 8 s, rejoin, then ever more rarely', () => {
  const { world, dog, pass, speak, brief, log } = watch();
  pass(10, speak('a'));
  pass(100);
  expect(brief()).toEqual([
    [14, 'begun', 'deaf'],
    [14, 'resume', 'deaf'],
    [18, 'tell', 'deaf'],
    [19, 'rejoin', 'deaf'],
    [29, 'rejoin', 'deaf'],
    [49, 'rejoin', 'deaf'],
    [89, 'rejoin', 'deaf'],
  ]);
  expect(dog.trouble()).toEqual({ trouble: 'deaf', sinceUs: 10 * SECOND });
  world.received += 1;
  pass(0.1);
  expect(log.at(-1)).toEqual([
    110.1,
    { type: 'over', trouble: 'deaf', sinceUs: 10 * SECOND, heard: true, told: true },
  ]);
  // Weeks of it: never more often than every ten minutes.
  pass(0.1, speak('a'));
  const before = log.length;
  pass(20_000);
  const times = log.slice(before).filter(([, { type }]) => type === 'recover');
  expect(times.at(-1)![0] - times.at(-2)![0]).toBe(600);
});

test('no rejoin while the shard is not ready, and at once when it is', () => {
  const { world, pass, speak, brief } = watch();
  world.canRejoin = false;
  pass(10, speak('a'));
  pass(50);
  expect(brief().map(([, what]) => what)).toEqual(['begun', 'resume', 'tell']);
  world.canRejoin = true;
  pass(0.1);
  expect(brief().at(-1)).toEqual([60.1, 'rejoin', 'deaf']);
});

test('announced by op 5 but never heard', () => {
  const { dog, pass, brief, nowUs } = watch();
  pass(30);
  dog.announced('a', nowUs());
  pass(9);
  expect(brief()).toEqual([
    [34, 'begun', 'deaf'],
    [34, 'resume', 'deaf'],
    [38, 'tell', 'deaf'],
    [39, 'rejoin', 'deaf'],
  ]);
  dog.quiet('a');
  pass(0.1);
  expect(brief().at(-1)).toEqual([39.1, 'over', false]);
});

test('nothing that comes can be opened: re-key, resume, rejoin, and no step while nobody speaks', () => {
  const { dog, pass, speak, brief, world } = watch();
  pass(5, speak('a'));
  const fail = (to: Watchdog, atUs: number): void => {
    world.received += 5;
    to.unopened(atUs);
  };
  pass(20, fail);
  const steps = brief();
  expect(steps.map(([, what]) => what)).toEqual(['begun', 'rekey', 'tell', 'resume', 'rejoin']);
  expect(steps[0]![0]).toBeLessThanOrEqual(8.2);
  expect(steps[2]![0]).toBeLessThanOrEqual(13.2);
  pass(600);
  expect(brief()).toHaveLength(5);
  expect(dog.trouble()?.trouble).toBe('undecryptable');
  pass(0.1, speak('a'));
  expect(brief().at(-1)).toMatchObject([625.1, 'over', true]);
});

test('deafened by a moderator: told at once, nothing is tried, and the end is told', () => {
  const { dog, pass, speak, brief, nowUs } = watch();
  pass(5, speak('a'));
  dog.serverDeaf(true, nowUs());
  pass(60);
  dog.serverDeaf(false, nowUs());
  pass(1, speak('a'));
  expect(brief()).toEqual([
    [5.1, 'begun', 'server-deaf'],
    [5.1, 'tell', 'server-deaf'],
    [65.1, 'over', true],
  ]);
});

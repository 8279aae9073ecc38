import { expect, test } from 'vitest';
import { type HealthFacts, LATE_MS, type ShowHealth, troublesOf } from '../../src/health/troubles.ts';

const at = new Date('2026-11-22T12:00:00Z');
const before = (ms: number) => new Date(at.getTime() - ms);
const podcastGuid = '9b024349-ccf0-5f69-a609-6b82873eab3c';
const sound: ShowHealth = {
  ...{ slug: 'x', title: 'X', podcastGuid, feedUrl: 'https://p.example/shows/x/feed.xml' },
  ...{ revision: 7, writtenRevision: 7, behindSince: null, writtenAt: before(LATE_MS), movedTo: undefined },
  ...{ live: { is: 'feed', revision: 7, podcastGuid }, fetches: [] },
};
const facts = (show: Partial<ShowHealth> = {}, more: Partial<HealthFacts> = {}): HealthFacts => ({
  ...{ at, storeFault: undefined, shows: [{ ...sound, ...show }], waiting: [], givenUp: [], ...more },
});
const justWritten = { writtenAt: before(LATE_MS - 1) };
const old = { live: { is: 'feed', revision: 6, podcastGuid } } as const;
const moved = (to: string) => ({ live: { is: 'moved', to } }) as const;
const away = 'https://new.example/feed.xml';

test.each<[what: string, facts: HealthFacts, troubles: RegExp[]]>([
  ['all is well', facts(), []],
  ['nobody asked', facts({ live: undefined }), []],
  ['a change is on its way', facts({ revision: 8, behindSince: before(LATE_MS - 1) }), []],
  [
    'a change does not get there',
    facts({ revision: 8, behindSince: before(LATE_MS) }),
    [/^behind:x .*“X”: since 2026-11-22 11:50 UTC the feed lacks/],
  ],
  ['a cache is some minutes old', facts({ ...old, ...justWritten }), []],
  [
    'a cache is too old',
    facts(old),
    [/^live:x .* answers with revision 6, and 7 was written 2026-11-22 11:50/],
  ],
  [
    'listeners are ahead of a catalog that came back from a copy',
    facts({ writtenRevision: 5, revision: 5 }),
    [],
  ],
  ['another show answers', facts({ live: { is: 'feed', revision: 7, podcastGuid: 'y' } }), [/another show/]],
  ['nothing answers', facts({ live: { is: 'fault', why: 'answers with status 502' } }), [/502\. Is the web/]],
  [
    'it leads away unasked',
    facts(moved(away)),
    [/leads to https:\/\/new\.example\/feed\.xml, and should not/],
  ],
  ['it has moved', facts({ ...moved(away), movedTo: away }), []],
  ['it has moved just now', facts({ movedTo: away, ...justWritten }), []],
  ['it should have moved', facts({ movedTo: away }), [/should lead to .*, and serves the feed itself\./]],
  [
    'it leads elsewhere',
    facts({ ...moved('https://other.example/'), movedTo: away }),
    [/should lead to .*, and leads to https:\/\/other\.example\//],
  ],
  ['the store is away', facts({}, { storeFault: 'Away. To do: look.' }), [/^store Away\. To do: look\. Pub/]],
  [
    'episodes wait',
    facts({}, { waiting: [{ slug: 'x', title: 'X', episodes: 2, since: before(LATE_MS) }] }),
    [/^publishing:x “X”: 2 episodes wait for publication since 2026-11-22 11:50/],
  ],
  [
    'an episode has begun to wait',
    facts({}, { waiting: [{ slug: 'x', title: 'X', episodes: 1, since: before(1000) }] }),
    [],
  ],
  [
    'many jobs were given up: one trouble a kind, with the last reason',
    facts(
      {},
      {
        givenUp: [
          ...Array.from({ length: 40 }, (_, index) => ({
            job: 'publish',
            at: before(index),
            reason: `r${index}`,
          })),
          { job: 'take-down', at: before(5), reason: 'the disk' },
        ],
      },
    ),
    [
      /^given-up:publish 40 jobs “publish” .*: r0$/,
      /^given-up:take-down A job “take-down” was .*: the disk$/,
    ],
  ],
])('%s', (_, seen, troubles) => {
  const lines = troublesOf(seen).map(({ name, said }) => `${name} ${said}`);
  expect(lines).toEqual(troubles.map((each) => expect.stringMatching(each) as string));
});

/** Leaves and epochs, and which commit counts. */
import { expect, test } from 'vitest';
import {
  applyCommit,
  newGroup,
  refuseCommit,
  type Group,
  type LiveProposal,
} from '../../../../src/simulator/voice/dave/group.ts';
import type { Commit, KeyPackage } from '../../../../src/simulator/voice/dave/mls-codec.ts';

const empty = newGroup<string>('7');
const of = (leaves: (string | undefined)[], epoch = 3n): Group<string> => ({ ...empty, leaves, epoch });

test.each<{ name: string; before: Group<string>; removed: number[]; added: string[]; leaves: unknown[] }>([
  { name: 'the creator is leaf 0', before: empty, removed: [], added: ['ben'], leaves: ['ann', 'ben'] },
  {
    name: 'added at the end',
    before: of(['ann', 'ben']),
    removed: [],
    added: ['cat'],
    leaves: ['ann', 'ben', 'cat'],
  },
  {
    name: 'a blank stays',
    before: of(['ann', 'ben', 'cat']),
    removed: [1],
    added: [],
    leaves: ['ann', undefined, 'cat'],
  },
  {
    name: 'trailing blanks go',
    before: of(['ann', 'ben', 'cat']),
    removed: [1, 2],
    added: [],
    leaves: ['ann'],
  },
  {
    name: 'the leftmost blank is taken first',
    before: of(['ann', undefined, 'cat', undefined, 'dan']),
    removed: [2],
    added: ['eve', 'fay', 'gus', 'hal'],
    leaves: ['ann', 'eve', 'fay', 'gus', 'dan', 'hal'],
  },
  {
    name: 'removed and added again in one commit',
    before: of(['ann', 'ben', 'cat']),
    removed: [2],
    added: ['cat'],
    leaves: ['ann', 'ben', 'cat'],
  },
])('$name', ({ before, removed, added, leaves }) => {
  const after = applyCommit(before, 'ann', removed, added);
  expect(after.leaves).toEqual(leaves);
  expect(after.epoch).toBe(before.epoch + 1n);
});

const ref = (name: string): Buffer => Buffer.from(name);
const add = (member: string): LiveProposal<string> => ({
  kind: 'add',
  ref: ref(`add ${member}`),
  member,
  keyPackage: {} as KeyPackage,
});
const remove: LiveProposal<string> = { kind: 'remove', ref: ref('remove 1'), leaf: 1 };
const commit = (refs: string[], changes: Partial<Commit> = {}): Commit => ({
  message: Buffer.alloc(0),
  groupId: empty.groupId,
  epoch: 3n,
  senderLeaf: 0,
  proposalRefs: refs.map(ref),
  welcome: Buffer.alloc(0),
  ...changes,
});

test.each<{
  name: string;
  made: Commit;
  live: LiveProposal<string>[];
  refusal: RegExp | undefined;
  group?: Group<string>;
}>([
  {
    name: 'all that is live',
    made: commit(['remove 1', 'add cat']),
    live: [remove, add('cat')],
    refusal: undefined,
  },
  { name: 'one left out', made: commit(['add cat']), live: [remove, add('cat')], refusal: /leaves out/ },
  { name: 'one too many', made: commit(['add cat', 'add dan']), live: [add('cat')], refusal: /not live/ },
  { name: 'nothing', made: commit([]), live: [], refusal: /without proposals/ },
  { name: 'a past epoch', made: commit(['add cat'], { epoch: 2n }), live: [add('cat')], refusal: /epoch 2/ },
  {
    name: 'another leaf',
    made: commit(['add cat'], { senderLeaf: 1 }),
    live: [add('cat')],
    refusal: /leaf 1/,
  },
  {
    name: 'another group',
    made: commit(['add cat'], { groupId: ref('x') }),
    live: [add('cat')],
    refusal: /another group/,
  },
  {
    name: 'the first one without its own Add',
    made: commit(['add ben'], { epoch: 0n }),
    live: [add('ann'), add('ben')],
    refusal: undefined,
    group: empty,
  },
  {
    name: 'the first one without another Add',
    made: commit(['add ben'], { epoch: 0n }),
    live: [add('ann'), add('ben'), add('cat')],
    refusal: /leaves out/,
    group: empty,
  },
])('a commit of $name', ({ made, live, refusal, group = of(['ann', 'ben']) }) => {
  const said = refuseCommit(made, group, live, 'ann');
  if (refusal === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(refusal);
});

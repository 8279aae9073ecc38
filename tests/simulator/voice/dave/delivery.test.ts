/** The delivery service with real MLS members and clients that are slow, silent, or gone. */
import { expect, test } from 'vitest';
import { manualClock } from '../../../../src/simulator/clock.ts';
import { createDelivery, type Delivery } from '../../../../src/simulator/voice/dave/delivery.ts';
import { createFakeMember, type FakeMember } from '../../../../src/simulator/voice/dave/fake-member.ts';
import type { Participant } from '../../../../src/simulator/voice/dave/participant.ts';
import { createTransitions } from '../../../../src/simulator/voice/dave/transition.ts';
import { seededRandom } from '../../../../src/simulator/voice/faults.ts';

const channelId = '200000000000000001';
const [ANN, BEN, CAT, DAN] = [1, 2, 3, 4].map((digit) => `30000000000000000${digit}`) as [
  string,
  string,
  string,
  string,
];

function openRoom(committer: 'members' | 'connection' = 'members') {
  const clock = manualClock();
  const delivery = createDelivery({
    ...{ clock, channelId, committer, changed: () => undefined },
    transitions: createTransitions(clock),
  });
  const everybody = [ANN, BEN, CAT, DAN];
  const member = (userId: string): FakeMember => createFakeMember(userId, channelId, 1, () => everybody);
  return { clock, delivery, member };
}

/** A client that has a real MLS session, but commits and answers only when told to. */
function client(inner: FakeMember) {
  const events: string[] = [];
  const heldCommits: Buffer[] = [];
  let transitionId = 0;
  const note =
    <A extends unknown[]>(name: string, act: (...args: A) => unknown) =>
    (...args: A): void => {
      events.push(name);
      act(...args);
    };
  const participant: Participant = {
    userId: inner.userId,
    kind: 'connection',
    externalSender: note('25', (bytes: Buffer) => inner.externalSender(bytes)),
    keyPackage: () => undefined,
    proposals(payload) {
      events.push('27');
      const commit = inner.proposals(payload);
      if (commit) heldCommits.push(commit);
      return undefined;
    },
    announceCommit: note('29', (id: number, commit: Buffer) => {
      transitionId = id;
      inner.announceCommit(id, commit);
      inner.execute(id);
    }),
    welcome: note('30', (id: number, welcome: Buffer) => {
      transitionId = id;
      inner.welcome(id, welcome);
      inner.execute(id);
    }),
    prepareTransition: note('21', (id: number, version: 0 | 1) => inner.prepareTransition(id, version)),
    execute: note('22', () => undefined),
    prepareFirstEpoch: note('24', () => inner.prepareFirstEpoch()),
  };
  return {
    participant,
    events,
    heldCommits,
    sendKeyPackage: (delivery: Delivery) => delivery.keyPackage(participant, inner.keyPackage()!),
    ready: (delivery: Delivery) => delivery.ready(participant, transitionId),
  };
}

const packet = Buffer.alloc(80, 0xfc);
const userIds = (delivery: Delivery): (string | undefined)[] =>
  delivery.group().leaves.map((leaf) => leaf?.userId);

test('members use the new key only when every client is ready', () => {
  const { delivery, member } = openRoom();
  const [ann, ben] = [member(ANN), member(BEN)];
  delivery.join(ann);
  expect(ann.audible()).toBe(false);
  delivery.join(ben);
  expect(ann.audible() && ben.audible()).toBe(true);
  expect(ann.privacyCode()).toBe(ben.privacyCode());
  const before = ann.privacyCode();

  const cat = client(member(CAT));
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  expect(cat.events).toEqual(['25', '30']);
  expect(delivery.group().epoch).toBe(2n);
  expect(ann.privacyCode()).toBe(before);
  cat.ready(delivery);
  expect(cat.events).toEqual(['25', '30', '22']);
  expect(ann.privacyCode()).not.toBe(before);
  expect(ann.privacyCode()).toBe(ben.privacyCode());
});

test('a client that never says it is ready is waited for two seconds', async () => {
  const { clock, delivery, member } = openRoom();
  delivery.join(member(ANN));
  delivery.join(member(BEN));
  const cat = client(member(CAT));
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  await clock.advance(1_999_999);
  expect(cat.events).not.toContain('22');
  delivery.join(member(DAN));
  expect(userIds(delivery)).toEqual([ANN, BEN, CAT]);
  await clock.advance(1);
  expect(cat.events).toEqual(['25', '30', '22', '27', '29']);
  expect(userIds(delivery)).toEqual([ANN, BEN, CAT, DAN]);
});

test('where the connection commits, it is given a second; then a member does', async () => {
  const { clock, delivery, member } = openRoom('connection');
  const cat = client(member(CAT));
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  delivery.join(member(ANN));
  await clock.advance(999_999);
  expect(delivery.group().epoch).toBe(0n);
  await clock.advance(1);
  expect(userIds(delivery)).toEqual([ANN, CAT]);
  expect(delivery.commit(cat.participant, cat.heldCommits[0]!)).toMatch(/epoch/);
});

test('a commit that came before another proposal does not count, the next one does', () => {
  const { delivery, member } = openRoom('connection');
  const cat = client(member(CAT));
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  delivery.join(member(ANN));
  delivery.join(member(BEN));
  expect(cat.heldCommits).toHaveLength(2);
  expect(delivery.commit(cat.participant, cat.heldCommits[0]!)).toMatch(/leaves out/);
  expect(delivery.commit(cat.participant, cat.heldCommits[1]!)).toBeUndefined();
  expect(userIds(delivery)).toEqual([CAT, ANN, BEN]);
});

test('who leaves before being added is revoked', () => {
  const { delivery, member } = openRoom('connection');
  const cat = client(member(CAT));
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  const [ann, ben] = [member(ANN), member(BEN)];
  delivery.join(ann);
  delivery.join(ben);
  delivery.leave(ann);
  expect(delivery.commit(cat.participant, cat.heldCommits.at(-1)!)).toBeUndefined();
  expect(userIds(delivery)).toEqual([CAT, BEN]);
  expect(ben.audible()).toBe(true);
});

test('a client that cannot follow is removed, and welcomed with its new key package', () => {
  const { delivery, member } = openRoom();
  const [ann, ben] = [member(ANN), member(BEN)];
  delivery.join(ann);
  delivery.join(ben);
  const inner = member(CAT);
  const cat = client(inner);
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  cat.ready(delivery);
  cat.events.length = 0;
  delivery.invalid(cat.participant);
  expect(userIds(delivery)).toEqual([ANN, BEN]);
  inner.prepareFirstEpoch();
  cat.sendKeyPackage(delivery);
  cat.ready(delivery);
  expect(userIds(delivery)).toEqual([ANN, BEN, CAT]);
  // Op 22 of the removal reaches it too; it has no such transition.
  expect(cat.events).toEqual(['22', '30', '22']);
  expect(inner.privacyCode()).toBe(ann.privacyCode());
});

test('a second connection of a user: one commit removes the old leaf and adds the new, which is welcomed', () => {
  const { delivery, member } = openRoom('connection');
  const [ann, ben] = [client(member(ANN)), client(member(BEN))];
  delivery.join(ann.participant);
  ann.sendKeyPackage(delivery);
  delivery.join(ben.participant);
  ben.sendKeyPackage(delivery);
  expect(delivery.commit(ann.participant, ann.heldCommits.at(-1)!)).toBeUndefined();
  const again = client(member(BEN));
  delivery.replace(ben.participant, again.participant);
  delivery.join(member(CAT));
  // It does not know the group's epoch: a proposal would be one that it cannot process.
  expect(again.events).toEqual(['25']);
  again.sendKeyPackage(delivery);
  expect(delivery.commit(ann.participant, ann.heldCommits.at(-1)!)).toBeUndefined();
  expect(userIds(delivery).sort()).toEqual([ANN, BEN, CAT]);
  expect(delivery.group().leaves).toContain(again.participant);
  expect(delivery.group().leaves).not.toContain(ben.participant);
  expect(again.events).toEqual(['25', '30']);
  expect(ben.events).not.toContain('24');
});

test('when one is left, the group is reset: op 24, op 21, and a new key package', () => {
  const { delivery, member } = openRoom();
  const [ann, ben] = [member(ANN), member(BEN)];
  delivery.join(ann);
  delivery.join(ben);
  const sealed = ann.encrypt(packet);
  expect(sealed).not.toEqual(packet);
  delivery.leave(ben);
  expect(delivery.group()).toMatchObject({ epoch: 0n, leaves: [] });
  expect(ann.encrypt(packet)).toBeUndefined();
  delivery.join(member(CAT));
  expect(userIds(delivery).sort()).toEqual([ANN, CAT]);
  expect(ann.audible()).toBe(true);
});

test('an upgrade waits for everybody, and plain media goes on until it is executed', async () => {
  const { clock, delivery, member } = openRoom();
  const [ann, ben] = [member(ANN), member(BEN)];
  delivery.join(ann);
  delivery.join(ben);
  const inner = member(CAT);
  const cat = client(inner);
  delivery.join(cat.participant);
  cat.sendKeyPackage(delivery);
  cat.ready(delivery);
  cat.events.length = 0;
  delivery.setVersion(0);
  expect(ann.encrypt(packet)).not.toEqual(packet);
  await clock.advance(2_000_000);
  expect(ann.encrypt(packet)).toEqual(packet);

  delivery.setVersion(1);
  expect(delivery.group().epoch).toBe(0n);
  expect(ann.encrypt(packet)).toEqual(packet);
  cat.sendKeyPackage(delivery);
  expect(userIds(delivery)).toEqual([ANN, BEN, CAT]);
  expect(ann.encrypt(packet)).toEqual(packet);
  cat.ready(delivery);
  expect(ann.encrypt(packet)).not.toEqual(packet);
  expect(inner.privacyCode()).toBe(ann.privacyCode());
  expect(cat.events).toEqual(['21', '22', '24', '25', '27', '30', '22']);
});

test('whoever comes and goes, all who are there agree with each other and with the leaves', () => {
  const { delivery, member } = openRoom();
  const random = seededRandom(3);
  const inside = new Map<string, FakeMember>();
  let agreements = 0;
  for (let step = 0; step < 40; step++) {
    const userId = [ANN, BEN, CAT, DAN][Math.floor(random() * 4)]!;
    const known = inside.get(userId);
    if (known) {
      inside.delete(userId);
      delivery.leave(known);
    } else {
      const fresh = member(userId);
      inside.set(userId, fresh);
      delivery.join(fresh);
    }
    if (inside.size < 2) continue;
    const codes = new Set([...inside.values()].map((other) => other.privacyCode()));
    expect(codes.size).toBe(1);
    expect(codes.has(undefined)).toBe(false);
    const leaves = userIds(delivery).filter((holder) => holder !== undefined);
    expect(leaves.sort()).toEqual([...inside.keys()].sort());
    agreements += 1;
  }
  expect(agreements).toBeGreaterThan(20);
});

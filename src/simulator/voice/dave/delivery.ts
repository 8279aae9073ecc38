/**
 * The MLS delivery service of one room, as the DAVE whitepaper gives it to the voice gateway: it proposes who comes and
 * goes, picks the commit that counts, and leads everybody through the transition.
 */
import type { SimClock } from '../../clock.ts';
import type { RoomOptions } from '../contract.ts';
import { checkKeyPackage, createExternalSender } from './external-sender.ts';
import { applyCommit, established, newGroup, refuseCommit, type Group } from './group.ts';
import { parseCommit, splitWelcome, type KeyPackage } from './mls-codec.ts';
import type { Participant } from './participant.ts';
import {
  dueProposals,
  proposalPayloads,
  revokedProposals,
  type Membership,
  type SentProposal,
} from './proposals.ts';
import type { Transitions } from './transition.ts';

export interface DeliverySetting {
  readonly clock: SimClock;
  readonly channelId: string;
  readonly committer: NonNullable<RoomOptions['committer']>;
  /** Members' keys may have changed. */
  readonly changed: () => void;
  readonly transitions: Transitions;
}

export interface Delivery {
  readonly version: () => 0 | 1;
  group(): Group<Participant>;
  /** A client has its op 4, or a simulated member is in the room. */
  join(participant: Participant): void;
  /**
   * A newer connection of the same user takes over. When its key package is there, one commit removes the old leaf and
   * adds the new one: no epoch passes without the user.
   */
  replace(old: Participant, participant: Participant): void;
  leave(participant: Participant): void;
  /** Op 26. Throws a RangeError for one that does not hold. */
  keyPackage(participant: Participant, payload: Buffer): void;
  /** Op 28. Returns why the commit does not count, or undefined if it does; throws a RangeError if it cannot be read. */
  commit(participant: Participant, payload: Buffer): string | undefined;
  /** Op 23. */
  ready(participant: Participant, transitionId: number): void;
  /** Op 31. */
  invalid(participant: Participant): void;
  /** Down to transport encryption only (ops 21, 22), or up again with a new group (op 24). */
  readonly setVersion: (version: 0 | 1) => void;
}

/** How long members leave a commit to connections, in a room whose committer is the connection. */
const COMMIT_PATIENCE_US = 1_000_000;
/** How long an upgrade waits for everybody's key package before it goes on without. */
const UPGRADE_PATIENCE_US = 2_000_000;

export function createDelivery(setting: DeliverySetting): Delivery {
  const { clock, channelId, committer, changed, transitions } = setting;
  const sender = createExternalSender();
  const present = new Set<Participant>();
  /** Have sent a key package that no commit has taken up. */
  const pending = new Map<Participant, KeyPackage>();
  /** Hold a leaf of which they no longer have the keys. */
  const stale = new Set<Participant>();
  /** Took over a leaf by a newer connection, and will send a key package; the leaf waits, so that one commit does both. */
  const returning = new Set<Participant>();
  let version: 0 | 1 = 1;
  /** After an upgrade, until the new group is there: plain media is under way, so its transition is announced. */
  let upgrading = false;
  let gathering = false;
  let group = newGroup<Participant>(channelId);
  let live: SentProposal<Participant>[] = [];
  let cancelPatience = (): void => undefined;

  const holds = (participant: Participant): boolean => group.leaves.includes(participant);
  const able = (participant: Participant): boolean =>
    present.has(participant) && !stale.has(participant) && holds(participant);
  const membership = (): Membership<Participant> => ({ group, pending, live, able, returning });

  const reset = (): void => {
    transitions.cancel();
    cancelPatience();
    group = newGroup(channelId);
    live = [];
    stale.clear();
    returning.clear();
  };
  const offerKeyPackage = (participant: Participant): void => {
    const bytes = participant.keyPackage();
    if (bytes) keyPackage(participant, bytes);
  };

  const propose = (): void => {
    if (version === 0 || transitions.pending()) return;
    if (gathering && [...present].some((participant) => !pending.has(participant))) return;
    if (established(group) && ![...present].some(able)) reset();
    const revoked = revokedProposals(membership());
    live = live.filter((proposal) => !revoked.includes(proposal));
    const fresh = dueProposals(membership(), (proposal) => sender.propose(group, proposal));
    if (fresh.length === 0 && revoked.length === 0) return;
    live = [...live, ...fresh];

    const receivers = established(group) ? [...present].filter(able) : [...pending.keys()];
    const tell = (receiver: Participant): Buffer | undefined =>
      proposalPayloads(receiver, { group, live }, fresh, revoked)
        .map((payload) => receiver.proposals(payload))
        .at(-1);
    const connections = receivers.filter(({ kind }) => kind === 'connection');
    connections.forEach(tell);
    const commits = receivers
      .filter(({ kind }) => kind === 'member')
      .map((member) => ({ member, payload: tell(member) }));
    const submit = (): void => {
      const first = commits.find(({ payload }) => payload !== undefined);
      const refusal = first?.payload ? commit(first.member, first.payload) : undefined;
      if (refusal !== undefined) throw new Error(`A simulated member made a commit ${refusal}.`);
    };
    cancelPatience();
    if (committer === 'members' || connections.length === 0) submit();
    else cancelPatience = clock.at(clock.nowUs() + COMMIT_PATIENCE_US, submit);
  };

  const execute = (id: number): void => {
    for (const participant of present) if (participant.kind === 'member' || id !== 0) participant.execute(id);
    changed();
    propose();
  };

  const keyPackage: Delivery['keyPackage'] = (participant, payload) => {
    if (!present.has(participant) || version === 0) return;
    const checked = checkKeyPackage(payload, participant.userId);
    if (holds(participant)) stale.add(participant);
    returning.delete(participant);
    pending.set(participant, checked);
    propose();
  };

  const commit: Delivery['commit'] = (participant, payload) => {
    const made = parseCommit(payload);
    const refusal = refuseCommit(made, group, live, participant);
    if (refusal !== undefined) return refusal;
    // In the commit's own order: it decides who takes which blank leaf (RFC 9420 section 12.4.2).
    const named = made.proposalRefs.flatMap((ref) => live.filter((proposal) => proposal.ref.equals(ref)));
    const welcomes = splitWelcome(made.welcome);
    const newcomers = new Map<Participant, Buffer | undefined>();
    const removed: number[] = [];
    for (const proposal of named)
      if (proposal.kind === 'remove') removed.push(proposal.leaf);
      else newcomers.set(proposal.member, welcomes.get(proposal.keyPackage.ref.toString('hex')));
    if ([...newcomers.values()].includes(undefined)) return 'without a welcome for everybody it adds';

    cancelPatience();
    // The first group of a room is in force at once; later ones when everybody is ready.
    const id = established(group) || upgrading ? transitions.nextId() : 0;
    if (!established(group)) pending.delete(participant);
    group = applyCommit(group, participant, removed, [...newcomers.keys()]);
    live = [];
    upgrading = gathering = false;
    for (const member of newcomers.keys()) {
      pending.delete(member);
      stale.delete(member);
    }
    const audience = [...present].filter(able);
    for (const member of audience) {
      // Who is removed and added again by one commit is welcomed; the commit says nothing to them.
      const welcome = newcomers.get(member);
      if (welcome) member.welcome(id, welcome);
      else member.announceCommit(id, made.message);
    }
    if (id === 0) execute(0);
    else
      transitions.begin(id, audience, () => {
        execute(id);
      });
    return undefined;
  };

  const forget = (participant: Participant): void => {
    present.delete(participant);
    pending.delete(participant);
    stale.delete(participant);
    returning.delete(participant);
  };
  const join = (participant: Participant): void => {
    present.add(participant);
    if (version === 0) return;
    participant.externalSender(sender.packageBytes);
    offerKeyPackage(participant);
  };

  return {
    version: () => version,
    group: () => group,
    join,
    replace(old, participant) {
      forget(old);
      if (holds(old)) {
        group = { ...group, leaves: group.leaves.map((holder) => (holder === old ? participant : holder)) };
        stale.add(participant);
        returning.add(participant);
      }
      join(participant);
      transitions.forget(old);
    },
    leave(participant) {
      forget(participant);
      const left = [...present].filter(holds);
      if (established(group) && left.length <= 1) {
        reset();
        // "Sole member reset": nobody keeps control of an established group alone.
        for (const sole of left) {
          sole.prepareFirstEpoch();
          sole.prepareTransition(0, 1);
          offerKeyPackage(sole);
        }
        changed();
      }
      transitions.forget(participant);
      propose();
    },
    keyPackage,
    commit,
    ready: (participant, transitionId) => transitions.ready(participant, transitionId),
    invalid(participant) {
      pending.delete(participant);
      if (holds(participant)) stale.add(participant);
      transitions.forget(participant);
      propose();
    },
    setVersion(next) {
      if (next === version) return;
      version = next;
      reset();
      pending.clear();
      upgrading = gathering = next === 1;
      if (next === 0) {
        const id = transitions.nextId();
        for (const participant of present) participant.prepareTransition(id, 0);
        transitions.begin(id, [...present], () => {
          execute(id);
        });
        return;
      }
      for (const participant of present) {
        participant.prepareFirstEpoch();
        participant.externalSender(sender.packageBytes);
      }
      cancelPatience = clock.at(clock.nowUs() + UPGRADE_PATIENCE_US, () => {
        gathering = false;
        propose();
      });
      for (const participant of present) offerKeyPackage(participant);
    },
  };
}

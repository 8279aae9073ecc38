/** Which proposals an epoch still needs, and who is told which of them (op 27). */
import { established, type Group, type LiveProposal } from './group.ts';
import {
  encodeAppend,
  encodeRevoke,
  type KeyPackage,
  type Proposal,
  type ProposalMessage,
} from './mls-codec.ts';

export type SentProposal<M> = LiveProposal<M> & { readonly message: Buffer };

export interface Membership<M> {
  readonly group: Group<M>;
  /** Key packages that no commit has taken up. */
  readonly pending: ReadonlyMap<M, KeyPackage>;
  readonly live: readonly SentProposal<M>[];
  /** Is here and holds the keys of its leaf. */
  readonly able: (member: M) => boolean;
  /** Not able now, but about to send a key package: their leaf is removed by the commit that adds them again. */
  readonly returning: ReadonlySet<M>;
}

/**
 * What to revoke: everything, as soon as one live Add names a key package that was replaced or a member who has gone.
 * The rest is proposed anew, because davey 0.1.12 gives a welcome only with a commit made for appended Adds.
 */
export const revokedProposals = <M>({ live, pending }: Membership<M>): readonly SentProposal<M>[] =>
  live.some((proposal) => proposal.kind === 'add' && pending.get(proposal.member) !== proposal.keyPackage)
    ? live
    : [];

/** Removes of leaves without an able owner, then Adds of key packages; what is live already is left out. */
export function dueProposals<M>(
  { group, pending, live, able, returning }: Membership<M>,
  propose: (proposal: Proposal) => ProposalMessage,
): SentProposal<M>[] {
  const removals = group.leaves.flatMap((member, leaf): SentProposal<M>[] =>
    member === undefined ||
    able(member) ||
    returning.has(member) ||
    live.some((other) => other.kind === 'remove' && other.leaf === leaf)
      ? []
      : [{ kind: 'remove', leaf, ...propose({ kind: 'remove', leaf }) }],
  );
  const additions = [...pending].flatMap(([member, keyPackage]): SentProposal<M>[] =>
    live.some((other) => other.kind === 'add' && other.keyPackage === keyPackage)
      ? []
      : [{ kind: 'add', member, keyPackage, ...propose({ kind: 'add', keyPackage: keyPackage.bytes }) }],
  );
  return [...removals, ...additions];
}

/**
 * The payloads of op 27 for one receiver, in order. Members of a group get what is fresh. Before there is a group,
 * each gets the others' Adds only, and a newcomer those from before its time too ("Initial Group Creation").
 */
export function proposalPayloads<M>(
  receiver: M,
  { group, live }: Pick<Membership<M>, 'group' | 'live'>,
  fresh: readonly SentProposal<M>[],
  revoked: readonly SentProposal<M>[],
): Buffer[] {
  const isOwn = (proposal: SentProposal<M>): boolean =>
    proposal.kind === 'add' && proposal.member === receiver;
  const ownKeyPackage = (proposals: readonly SentProposal<M>[]): KeyPackage | undefined =>
    proposals.flatMap((proposal) =>
      proposal.kind === 'add' && isOwn(proposal) ? proposal.keyPackage : [],
    )[0];
  const newcomer =
    !established(group) && fresh.some(isOwn) && ownKeyPackage(fresh) !== ownKeyPackage(revoked);
  const append = established(group)
    ? fresh
    : (newcomer ? live : fresh).filter((proposal) => !isOwn(proposal));
  const revoke = newcomer ? [] : revoked.filter((proposal) => !isOwn(proposal));
  const payloads: Buffer[] = [];
  if (revoke.length > 0) payloads.push(encodeRevoke(revoke.map(({ ref }) => ref)));
  if (append.length > 0) payloads.push(encodeAppend(append.map(({ message }) => message)));
  return payloads;
}

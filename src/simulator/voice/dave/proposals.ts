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
}

/** Live Adds whose key package was replaced, or whose member has gone. */
export const revokedProposals = <M>({ live, pending }: Membership<M>): SentProposal<M>[] =>
  live.filter((proposal) => proposal.kind === 'add' && pending.get(proposal.member) !== proposal.keyPackage);

/** Removes of leaves without an able owner, then Adds of key packages; what is live already is left out. */
export function dueProposals<M>(
  { group, pending, live, able }: Membership<M>,
  propose: (proposal: Proposal) => ProposalMessage,
): SentProposal<M>[] {
  const removals = group.leaves.flatMap((member, leaf): SentProposal<M>[] =>
    member === undefined ||
    able(member) ||
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
  const newcomer = !established(group) && fresh.some(isOwn);
  const append = established(group)
    ? fresh
    : (newcomer ? live : fresh).filter((proposal) => !isOwn(proposal));
  const revoke = newcomer ? [] : revoked.filter((proposal) => !isOwn(proposal));
  const payloads: Buffer[] = [];
  if (revoke.length > 0) payloads.push(encodeRevoke(revoke.map(({ ref }) => ref)));
  if (append.length > 0) payloads.push(encodeAppend(append.map(({ message }) => message)));
  return payloads;
}

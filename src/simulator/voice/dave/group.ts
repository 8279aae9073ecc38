/** The voice gateway's view of a room's MLS group: epoch and leaves, how a commit changes them, and which commit counts. */
import { snowflakeBytes, type Commit, type KeyPackage } from './mls-codec.ts';

/** `M` is whoever holds a leaf. */
export interface Group<M> {
  readonly groupId: Buffer;
  /** 0n until the first commit has established the group. */
  readonly epoch: bigint;
  readonly leaves: readonly (M | undefined)[];
}

/** A proposal of the current epoch that no commit has taken up yet. */
export type LiveProposal<M> =
  | { readonly kind: 'add'; readonly ref: Buffer; readonly member: M; readonly keyPackage: KeyPackage }
  | { readonly kind: 'remove'; readonly ref: Buffer; readonly leaf: number };

export const newGroup = <M>(channelId: string): Group<M> => ({
  groupId: snowflakeBytes(channelId),
  epoch: 0n,
  leaves: [],
});

export const established = (group: Group<unknown>): boolean => group.epoch > 0n;

/**
 * Leaves after a commit: removals blank theirs and trailing blanks are trimmed, then each addition takes the leftmost
 * blank (RFC 9420 sections 7.7, 12.1.1, 12.1.3). Who commits first is the group's creator and its leaf 0.
 */
export function applyCommit<M>(
  group: Group<M>,
  creator: M,
  removedLeaves: readonly number[],
  added: readonly M[],
): Group<M> {
  const leaves = established(group) ? [...group.leaves] : [creator];
  for (const leaf of removedLeaves) leaves[leaf] = undefined;
  while (leaves.length > 0 && leaves.at(-1) === undefined) leaves.pop();
  for (const member of added) {
    const blank = leaves.indexOf(undefined);
    if (blank >= 0) leaves[blank] = member;
    else leaves.push(member);
  }
  return { ...group, epoch: group.epoch + 1n, leaves };
}

/**
 * Why a commit does not count, or undefined if it does (DAVE whitepaper, "Voice Gateway Commit Validity" and "Commit
 * Ordering"): it is of this group and epoch, from its sender's own leaf, and takes up all that is live, nothing else.
 * While there is no group, members are sent only the others' Adds, so their own is excused.
 */
export function refuseCommit<M>(
  commit: Commit,
  group: Group<M>,
  live: readonly LiveProposal<M>[],
  sender: M,
): string | undefined {
  if (!commit.groupId.equals(group.groupId)) return 'of another group';
  if (commit.epoch !== group.epoch) return `of epoch ${commit.epoch}, the group is in ${group.epoch}`;
  const senderLeaf = established(group) ? group.leaves.indexOf(sender) : 0;
  if (commit.senderLeaf !== senderLeaf) return `from leaf ${commit.senderLeaf}, its sender has ${senderLeaf}`;
  if (commit.proposalRefs.length === 0) return 'without proposals';
  const named = new Set(commit.proposalRefs.map((ref) => ref.toString('hex')));
  const due = live.filter(
    (proposal) => established(group) || proposal.kind !== 'add' || proposal.member !== sender,
  );
  for (const { ref } of due) if (!named.delete(ref.toString('hex'))) return 'that leaves out a live proposal';
  return named.size > 0 ? 'with a proposal that is not live' : undefined;
}

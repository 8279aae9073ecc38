/**
 * The subset of MLS (RFC 9420) that a DAVE voice gateway needs: it reads key packages, commits and welcomes, and
 * writes external proposals. It never sees a group secret.
 */
import { createHash } from 'node:crypto';
import { createWireReader, u16, u32, u64, u8, vector, type WireReader } from './wire.ts';

/** MLS 1.0; DHKEMP256_AES128GCM_SHA256_P256 (DAVE whitepaper, "MLS Parameters"). */
const MLS_VERSION = 1;
const CIPHER_SUITE = 2;

const WireFormat = { publicMessage: 1, welcome: 3, keyPackage: 5 } as const;
const Sender = { member: 1, external: 2 } as const;
const Content = { proposal: 2, commit: 3 } as const;
const ProposalType = { add: 1, remove: 3 } as const;
const LeafSource = { keyPackage: 1, update: 2, commit: 3 } as const;
const BASIC_CREDENTIAL = 1;

/** Snowflakes are the group id (channel) and the members' identity (user), as u64 big endian. */
export const snowflakeBytes = (id: string): Buffer => u64(BigInt(id));

/** RefHash of RFC 9420 section 5.2. */
function reference(label: string, value: Uint8Array): Buffer {
  return createHash('sha256')
    .update(vector(Buffer.from(label)))
    .update(vector(value))
    .digest();
}

/** What is signed under a label (RFC 9420 section 5.1.2). */
const signContent = (label: string, content: Uint8Array): Buffer =>
  Buffer.concat([vector(Buffer.from(`MLS 1.0 ${label}`)), vector(content)]);

/** Op 25: how members shall know the voice gateway's proposals. */
export function encodeExternalSender(publicKey: Uint8Array, identity: Uint8Array): Buffer {
  return Buffer.concat([vector(publicKey), u16(BASIC_CREDENTIAL), vector(identity)]);
}

export type Proposal =
  { readonly kind: 'add'; readonly keyPackage: Buffer } | { readonly kind: 'remove'; readonly leaf: number };

export interface ProposalMessage {
  /** An MLSMessage, to be put in the vector of op 27. */
  readonly message: Buffer;
  /** By which a commit names it. */
  readonly ref: Buffer;
}

/** A proposal from the group's first external sender; it needs neither group context nor membership tag. */
export function encodeProposal(
  group: { readonly groupId: Uint8Array; readonly epoch: bigint },
  proposal: Proposal,
  sign: (content: Buffer) => Uint8Array,
): ProposalMessage {
  const content = Buffer.concat([
    u16(WireFormat.publicMessage),
    vector(group.groupId),
    u64(group.epoch),
    u8(Sender.external),
    u32(0),
    vector(Buffer.alloc(0)),
    u8(Content.proposal),
    ...(proposal.kind === 'add'
      ? [u16(ProposalType.add), proposal.keyPackage]
      : [u16(ProposalType.remove), u32(proposal.leaf)]),
  ]);
  const message = Buffer.concat([u16(MLS_VERSION), content]);
  const signature = vector(sign(signContent('FramedContentTBS', message)));
  return {
    message: Buffer.concat([message, signature]),
    ref: reference('MLS 1.0 Proposal Reference', Buffer.concat([content, signature])),
  };
}

/** Op 27: proposals to append, or references of proposals to revoke. */
export const encodeAppend = (messages: readonly Uint8Array[]): Buffer =>
  Buffer.concat([u8(0), vector(Buffer.concat(messages))]);
export const encodeRevoke = (refs: readonly Uint8Array[]): Buffer =>
  Buffer.concat([u8(1), vector(Buffer.concat(refs.map(vector)))]);

interface LeafNode {
  readonly signatureKey: Buffer;
  readonly identity: Buffer;
  /** Only of a leaf from a key package. */
  readonly lifetime: { notBefore: bigint; notAfter: bigint } | undefined;
}

function readLeafNode(reader: WireReader): LeafNode {
  reader.vector(); // encryption key
  const signatureKey = reader.vector();
  if (reader.u16() !== BASIC_CREDENTIAL) throw new RangeError('DAVE allows basic credentials only.');
  const identity = reader.vector();
  for (let list = 0; list < 5; list++) reader.vector(); // capabilities
  const source = reader.u8();
  const lifetime =
    source === LeafSource.keyPackage ? { notBefore: reader.u64(), notAfter: reader.u64() } : undefined;
  if (source === LeafSource.commit) reader.vector(); // parent hash
  reader.vector(); // extensions
  reader.vector(); // signature
  return { signatureKey, identity, lifetime };
}

export interface KeyPackage {
  /** Bare, without an MLSMessage around it. */
  readonly bytes: Buffer;
  readonly ref: Buffer;
  readonly userId: string;
  readonly lifetime: { notBefore: bigint; notAfter: bigint } | undefined;
  /** Uncompressed P-256 point. */
  readonly signatureKey: Buffer;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Reads op 26: a bare KeyPackage as davey sends it, or one in an MLSMessage as the whitepaper has it. */
export function parseKeyPackage(payload: Buffer): KeyPackage {
  const head = createWireReader(payload);
  const wrapped = head.u16() === MLS_VERSION && head.u16() === WireFormat.keyPackage;
  const bytes = wrapped ? payload.subarray(4) : payload;
  const reader = createWireReader(bytes);
  if (reader.u16() !== MLS_VERSION || reader.u16() !== CIPHER_SUITE)
    throw new RangeError('The key package is not of MLS 1.0 with cipher suite 2.');
  reader.vector(); // init key
  const { signatureKey, identity, lifetime } = readLeafNode(reader);
  reader.vector(); // extensions
  const signed = bytes.subarray(0, reader.offset());
  const signature = reader.vector();
  if (!reader.ended() || identity.length !== 8) throw new RangeError('The key package is malformed.');
  const userId = identity.readBigUInt64BE().toString();
  return {
    ...{ bytes, userId, lifetime, signatureKey, signature },
    ref: reference('MLS 1.0 KeyPackage Reference', bytes),
    signed: signContent('KeyPackageTBS', signed),
  };
}

export interface Commit {
  /** The MLSMessage alone, to be announced by op 29. */
  readonly message: Buffer;
  readonly groupId: Buffer;
  readonly epoch: bigint;
  readonly senderLeaf: number;
  readonly proposalRefs: Buffer[];
  /** Everything after the commit; empty when nobody was added. */
  readonly welcome: Buffer;
}

/** Reads op 28: a commit as MLSMessage and, right behind it with no length between, an optional Welcome. */
export function parseCommit(payload: Buffer): Commit {
  const reader = createWireReader(payload);
  if (reader.u16() !== MLS_VERSION || reader.u16() !== WireFormat.publicMessage)
    throw new RangeError('A commit must be a public MLS 1.0 message.');
  const groupId = reader.vector();
  const epoch = reader.u64();
  if (reader.u8() !== Sender.member) throw new RangeError('A commit must come from a member.');
  const senderLeaf = reader.u32();
  reader.vector(); // authenticated data
  if (reader.u8() !== Content.commit) throw new RangeError('The message is not a commit.');
  const refs = createWireReader(reader.vector());
  const proposalRefs: Buffer[] = [];
  while (!refs.ended()) {
    if (refs.u8() !== 2) throw new RangeError('A commit may only refer to proposals, not carry them.');
    proposalRefs.push(refs.vector());
  }
  if (reader.u8() === 1) {
    readLeafNode(reader);
    reader.vector(); // update path nodes
  }
  for (let tag = 0; tag < 3; tag++) reader.vector(); // signature, confirmation tag, membership tag
  const end = reader.offset();
  return {
    ...{ groupId, epoch, senderLeaf, proposalRefs },
    message: payload.subarray(0, end),
    welcome: payload.subarray(end),
  };
}

/**
 * A Welcome per new member, holding that member's secret only, by KeyPackageRef in hex. Takes a bare Welcome as davey
 * sends it, or one in an MLSMessage; gives bare ones.
 */
export function splitWelcome(payload: Buffer): Map<string, Buffer> {
  const welcomes = new Map<string, Buffer>();
  if (payload.length === 0) return welcomes;
  const head = createWireReader(payload);
  const wrapped = head.u16() === MLS_VERSION && head.u16() === WireFormat.welcome;
  const reader = createWireReader(wrapped ? payload.subarray(4) : payload);
  if (reader.u16() !== CIPHER_SUITE) throw new RangeError('The welcome is not of cipher suite 2.');
  const secretBytes = reader.vector();
  const groupInfo = reader.vector();
  const secrets = createWireReader(secretBytes);
  while (!secrets.ended()) {
    const start = secrets.offset();
    const ref = secrets.vector();
    secrets.vector(); // KEM output
    secrets.vector(); // ciphertext
    const secret = secretBytes.subarray(start, secrets.offset());
    welcomes.set(ref.toString('hex'), Buffer.concat([u16(CIPHER_SUITE), vector(secret), vector(groupInfo)]));
  }
  return welcomes;
}

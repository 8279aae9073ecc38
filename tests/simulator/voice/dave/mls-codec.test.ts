/** The MLS subset against davey, a complete MLS client: what one writes the other reads. */
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- davey's const enums cannot be imported; their numbers are the wire's */
import { DAVESession } from '@snazzah/davey';
import { expect, test } from 'vitest';
import {
  checkKeyPackage,
  createExternalSender,
} from '../../../../src/simulator/voice/dave/external-sender.ts';
import {
  encodeAppend,
  encodeRevoke,
  parseCommit,
  parseKeyPackage,
  snowflakeBytes,
  splitWelcome,
} from '../../../../src/simulator/voice/dave/mls-codec.ts';
import { createWireReader, u16, u32, u64, vector } from '../../../../src/simulator/voice/dave/wire.ts';

const channelId = '200000000000000001';
const [ANN, BEN, CAT] = ['300000000000000001', '300000000000000002', '300000000000000003'] as const;
const group = { groupId: snowflakeBytes(channelId), epoch: 0n };

test.each([
  { length: 0, prefix: '00' },
  { length: 63, prefix: '3f' },
  { length: 64, prefix: '4040' },
  { length: 16_383, prefix: '7fff' },
  { length: 16_384, prefix: '80004000' },
])('a vector of $length bytes starts with $prefix', ({ length, prefix }) => {
  const bytes = Buffer.alloc(length, 1);
  const encoded = vector(bytes);
  expect(encoded.subarray(0, encoded.length - length).toString('hex')).toBe(prefix);
  expect(createWireReader(encoded).vector()).toEqual(bytes);
});

test('integers are read back, and nothing is read past the end', () => {
  const reader = createWireReader(Buffer.concat([u16(0x0102), u32(0xfffefdfc), u64(2n ** 64n - 1n)]));
  expect([reader.u16(), reader.u32(), reader.u64(), reader.ended()]).toEqual([
    0x0102,
    0xfffefdfc,
    2n ** 64n - 1n,
    true,
  ]);
  expect(() => reader.u8()).toThrow(RangeError);
  expect(() => createWireReader(Buffer.from([5, 1])).vector()).toThrow(RangeError);
  expect(() => createWireReader(Buffer.from([0xc0])).vector()).toThrow(RangeError);
});

const member = (userId: string, sender = createExternalSender()) => {
  const session = new DAVESession(1, userId, channelId);
  session.setExternalSender(sender.packageBytes);
  return session;
};

test('a key package, bare and in an MLSMessage', () => {
  const bytes = member(ANN).getSerializedKeyPackage();
  const bare = parseKeyPackage(bytes);
  expect(bare.userId).toBe(ANN);
  expect(bare.lifetime).toEqual({ notBefore: 0n, notAfter: 2n ** 64n - 1n });
  const wrapped = parseKeyPackage(Buffer.concat([Buffer.from([0, 1, 0, 5]), bytes]));
  expect(wrapped.bytes).toEqual(bytes);
  expect(wrapped.ref).toEqual(bare.ref);
});

test('a key package of somebody else, a changed one, and a cut one are refused', () => {
  const bytes = member(ANN).getSerializedKeyPackage();
  expect(checkKeyPackage(bytes, ANN).userId).toBe(ANN);
  expect(() => checkKeyPackage(bytes, BEN)).toThrow(/names/);
  const changed = Buffer.from(bytes);
  changed[10] = changed[10]! ^ 1;
  expect(() => checkKeyPackage(changed, ANN)).toThrow(/not signed/);
  expect(() => checkKeyPackage(bytes.subarray(0, -1), ANN)).toThrow(RangeError);
  expect(() => checkKeyPackage(Buffer.concat([bytes, Buffer.alloc(1)]), ANN)).toThrow(/malformed/);
});

test('two are added, one is removed: proposals that davey accepts, commits and welcomes that are split for it', () => {
  const sender = createExternalSender();
  const [ann, ben, cat] = [member(ANN, sender), member(BEN, sender), member(CAT, sender)];
  const packages = [
    checkKeyPackage(ben.getSerializedKeyPackage(), BEN),
    checkKeyPackage(cat.getSerializedKeyPackage(), CAT),
  ];
  const adds = packages.map(({ bytes }) => sender.propose(group, { kind: 'add', keyPackage: bytes }));
  const payload = encodeAppend(adds.map(({ message }) => message));
  expect(payload[0]).toBe(0);
  const { commit, welcome } = ann.processProposals(0, payload.subarray(1), [ANN, BEN, CAT]);
  const made = parseCommit(Buffer.concat([commit!, welcome!]));
  expect(made).toMatchObject({
    epoch: 0n,
    senderLeaf: 0,
    groupId: group.groupId,
    message: commit!,
    welcome: welcome!,
  });
  expect(made.proposalRefs).toEqual(adds.map(({ ref }) => ref));

  const welcomes = splitWelcome(made.welcome);
  expect([...welcomes.keys()].sort()).toEqual(packages.map(({ ref }) => ref.toString('hex')).sort());
  ann.processCommit(made.message);
  ben.processWelcome(welcomes.get(packages[0]!.ref.toString('hex'))!);
  cat.processWelcome(welcomes.get(packages[1]!.ref.toString('hex'))!);
  const packet = Buffer.alloc(100, 0xfc);
  expect(cat.decrypt(ANN, 0, ann.encryptOpus(packet))).toEqual(packet);

  const remove = sender.propose({ ...group, epoch: 1n }, { kind: 'remove', leaf: 1 });
  const next = cat.processProposals(0, encodeAppend([remove.message]).subarray(1), [ANN, CAT]);
  const removal = parseCommit(next.commit!);
  expect(removal).toMatchObject({ epoch: 1n, senderLeaf: 2, welcome: Buffer.alloc(0) });
  expect(removal.proposalRefs).toEqual([remove.ref]);
  expect(splitWelcome(removal.welcome).size).toBe(0);
});

test('a revoked proposal is not committed', () => {
  const sender = createExternalSender();
  const [ann, ben, cat] = [member(ANN, sender), member(BEN, sender), member(CAT, sender)];
  const [addBen, addCat] = [ben, cat].map((session) =>
    sender.propose(group, { kind: 'add', keyPackage: session.getSerializedKeyPackage() }),
  );
  ann.processProposals(0, encodeAppend([addBen!.message, addCat!.message]).subarray(1), [ANN, BEN, CAT]);
  const revoke = encodeRevoke([addBen!.ref]);
  expect(revoke[0]).toBe(1);
  const { commit, welcome } = ann.processProposals(1, revoke.subarray(1), [ANN, BEN, CAT]);
  expect(parseCommit(commit!).proposalRefs).toEqual([addCat!.ref]);
  // Why the delivery service revokes all and proposes anew: this commit adds CAT, and davey gives no welcome with it.
  expect(welcome).toBeUndefined();
});

test.each(['', '0001', '00010001', '000100020108', '00020001'])('%s is no commit', (hex) => {
  expect(() => parseCommit(Buffer.from(hex, 'hex'))).toThrow(RangeError);
});

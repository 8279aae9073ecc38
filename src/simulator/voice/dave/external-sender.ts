/** The voice gateway as external sender of a room's MLS group: its signing key, and the checks of members' keys. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import {
  encodeExternalSender,
  encodeProposal,
  parseKeyPackage,
  type KeyPackage,
  type Proposal,
  type ProposalMessage,
} from './mls-codec.ts';

export interface ExternalSender {
  /** Payload of op 25. */
  readonly packageBytes: Buffer;
  propose(group: { groupId: Uint8Array; epoch: bigint }, proposal: Proposal): ProposalMessage;
}

export function createExternalSender(identity = 'simulated voice gateway'): ExternalSender {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Uint8Array.of(4),
    Buffer.from(x ?? '', 'base64url'),
    Buffer.from(y ?? '', 'base64url'),
  ]);
  return {
    packageBytes: encodeExternalSender(point, Buffer.from(identity)),
    propose: (group, proposal) =>
      encodeProposal(group, proposal, (content) => sign('sha256', content, privateKey)),
  };
}

const FOREVER = 2n ** 64n - 1n;

/**
 * Op 26 as the voice gateway must check it (DAVE whitepaper, "Key Packages", Validation): the identity is the
 * authenticated user, the lifetime is all time, the signature holds. Throws a RangeError that says which it was.
 */
export function checkKeyPackage(payload: Buffer, userId: string): KeyPackage {
  const keyPackage = parseKeyPackage(payload);
  if (keyPackage.userId !== userId)
    throw new RangeError(`The key package of ${userId} names ${keyPackage.userId}.`);
  if (keyPackage.lifetime?.notBefore !== 0n || keyPackage.lifetime.notAfter !== FOREVER)
    throw new RangeError(`The key package of ${userId} has a limited lifetime.`);
  const point = keyPackage.signatureKey;
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33, 65).toString('base64url'),
    },
  });
  if (!verify('sha256', keyPackage.signed, key, keyPackage.signature))
    throw new RangeError(`The key package of ${userId} is not signed by its own key.`);
  return keyPackage;
}

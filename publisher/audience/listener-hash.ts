/** Listeners without addresses: what tells two of them apart on one day, and can be traced back by nobody after it. Pure. */
import { createHmac } from 'node:crypto';

/** 128 bits: among a million listeners two meet by chance once in 10^27 days. */
const HASH_BYTES = 16;

const hash = (salt: Uint8Array, purpose: string, text: string): string =>
  createHmac('sha256', salt)
    .update(`${purpose}\n${text}`)
    .digest()
    .subarray(0, HASH_BYTES)
    .toString('base64url');

/** One listener is one network address and one user agent (PTM 2.3, 5.5.4). */
export const listenerHash = (salt: Uint8Array, network: string, agent: string): string =>
  hash(salt, 'listener', `${network}\n${agent}`);

/** All agents behind one address. */
export const networkHash = (salt: Uint8Array, network: string): string => hash(salt, 'network', network);

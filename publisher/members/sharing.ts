/**
 * Notices when one member's address is used from so many places in a day that it must have been passed on. Networks are held as
 * hashes that nobody can turn back, for a day, in the memory of this process, and never more of them than a set number.
 */
import { createHash, randomBytes } from 'node:crypto';
import { parseAddress } from '../audience/address.ts';

/** A phone on its way changes networks, a household has a few, and some apps fetch through servers: not as many as this. */
export const MOST_NETWORKS = 25;
const MOST_TOKENS = 20_000;
const DAY_MS = 24 * 60 * 60_000;

export interface SharingWatch {
  /** True once a day: when the address is used from one network too many. */
  seen(tokenHash: string, address: string | undefined): boolean;
}

export function createSharingWatch(nowMs: () => number): SharingWatch {
  let day = -1;
  let salt = randomBytes(16);
  let networksOf = new Map<string, Set<string>>();
  return {
    seen(tokenHash, address) {
      const today = Math.floor(nowMs() / DAY_MS);
      if (today !== day) {
        day = today;
        salt = randomBytes(16);
        networksOf = new Map();
      }
      const network = widerNetworkOf(address);
      if (network === undefined) return false;
      const networks = networksOf.get(tokenHash) ?? new Set();
      if (networks.size > MOST_NETWORKS) return false;
      if (!networksOf.has(tokenHash) && networksOf.size >= MOST_TOKENS) return false;
      networksOf.set(tokenHash, networks);
      networks.add(createHash('sha256').update(salt).update(network).digest('base64').slice(0, 12));
      return networks.size > MOST_NETWORKS;
    },
  };
}

/** A provider's customers move within these: 256 addresses of IPv4, and of IPv6 what one customer is given at most (RFC 6177). */
function widerNetworkOf(address: string | undefined): string | undefined {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed === undefined) return undefined;
  return parsed.version === 4 ? `4:${Math.floor(parsed.value / 256)}` : `6:${parsed.high >> 16n}`;
}

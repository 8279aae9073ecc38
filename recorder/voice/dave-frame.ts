/** What can be read from a DAVE frame without its key: that it is one, and the nonce that counts its sender's frames. */

/** Smallest supplement: 8-byte tag, one byte of nonce, its own length, the two magic bytes (protocol.md, "Payload Format"). */
const SMALLEST_SUPPLEMENT = 12;
const TAG_BYTES = 8;

/** Whether a frame carries DAVE's trailer `... size FA FA`, so that it cannot be taken for Opus. */
export function isProtocolFrame(frame: Buffer): boolean {
  const { length } = frame;
  if (length < SMALLEST_SUPPLEMENT || frame[length - 1] !== 0xfa || frame[length - 2] !== 0xfa) return false;
  const supplement = frame[length - 3]!;
  return supplement >= SMALLEST_SUPPLEMENT && supplement <= length;
}

/** The truncated nonce (ULEB128) of a protocol frame: 1 for a sender's first frame under a key, then one more each. */
export function nonceOf(frame: Buffer): number {
  let at = frame.length - frame[frame.length - 3]! + TAG_BYTES;
  let nonce = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = frame[at++]!;
    nonce += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return nonce;
}

/** As the timeline waits for a packet that was overtaken. */
const OVERTAKEN_WAIT_US = 180_000;
/** Nonces so small that what they count may have begun anew; further below the newest, they have. */
const FIRST_NONCES = 16;
/** A decryptor remembers so many frames that it missed (`MAX_MISSING_NONCES` of davey and libdave). */
const REMEMBERED = 1_000;

export interface NonceOrder {
  /**
   * Whether a frame must wait, because it may be the first under a key and not be number one: a decryptor refuses whatever
   * is older than the first frame it opened, as it lists the missing ones only from there on (`report_cipher_success` of
   * davey, `ReportCryptorSuccess` of libdave).
   */
  mustWait(userId: string, nonce: number, waitedUs: number): boolean;
  /** Whether a frame that cannot be opened is a copy of one that was, or as old: no key will ever open it. */
  isPast(userId: string, nonce: number): boolean;
  opened(userId: string, nonce: number): void;
}

/** Follows the nonces of each sender on one voice connection. */
export function createNonceOrder(): NonceOrder {
  const newest = new Map<string, number>();
  return {
    mustWait(userId, nonce, waitedUs) {
      if (nonce === 1 || nonce > FIRST_NONCES || waitedUs >= OVERTAKEN_WAIT_US) return false;
      return (newest.get(userId) ?? Infinity) - nonce > FIRST_NONCES;
    },
    isPast(userId, nonce) {
      const before = newest.get(userId) ?? 0;
      return nonce > FIRST_NONCES && nonce <= before && before - nonce < REMEMBERED;
    },
    opened(userId, nonce) {
      if (nonce <= FIRST_NONCES || nonce > (newest.get(userId) ?? 0)) newest.set(userId, nonce);
    },
  };
}

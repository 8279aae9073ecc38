/** Numbered messages of one connection, kept until acknowledged, so that a resumed WebSocket misses none. */

export type Numbered = { seq: number; frame: string | Buffer };

export interface Outbox {
  json(op: number, body: unknown): Numbered;
  /** seq u16 | op u8 | payload. */
  binary(op: number, payload: Uint8Array): Numbered;
  /** Forgets what the client has (heartbeats and resumes carry the last number it saw). */
  acknowledge(seq: number): void;
  /** What the client misses, in order; undefined when some of it is no longer kept. */
  since(seq: number): Numbered[] | undefined;
}

/** Binary messages carry 16 bits, and the gateway "handles wrapping the sequence number around" ("Buffered Resume"). */
const WRAP = 0x10000;
const distance = (from: number, to: number): number => (to - from + WRAP) % WRAP;

/** Keeps the last `capacity` unacknowledged messages. Numbering starts after `lastSeq` (0: the first is 1). */
export function createOutbox(capacity = 1024, lastSeq = 0): Outbox {
  const kept: Numbered[] = [];
  let last = lastSeq;
  const keep = (frame: (seq: number) => string | Buffer): Numbered => {
    last = (last + 1) % WRAP;
    const message = { seq: last, frame: frame(last) };
    kept.push(message);
    if (kept.length > capacity) kept.shift();
    return message;
  };
  const missing = (seq: number): number => distance(seq < 0 ? lastSeq : seq, last);
  return {
    json: (op, body) => keep((seq) => JSON.stringify({ op, d: body, seq })),
    binary: (op, payload) => keep((seq) => Buffer.concat([Uint8Array.of(seq >> 8, seq & 0xff, op), payload])),
    acknowledge(seq) {
      if (missing(seq) < kept.length) kept.splice(0, kept.length - missing(seq));
    },
    since(seq) {
      const count = missing(seq);
      if (count > kept.length) return undefined;
      return count === 0 ? [] : kept.slice(-count);
    },
  };
}

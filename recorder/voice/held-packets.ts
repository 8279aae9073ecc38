/** Packets that came before what they need: a transport key, the name of their sender, or the keys of a DAVE group. */

/** How long a packet may wait; Discord announces a speaker (op 5) well within it. */
export const HELD_US = 5_000_000;
/** 130 speakers for 5 s, some 10 MB; anybody can send datagrams to our port, so there must be an end. */
const HELD_LIMIT = 32_768;

export interface HeldPackets<T> {
  has(ssrc: number): boolean;
  /** Puts it where its sequence number belongs. False when there is no room. */
  push(ssrc: number, packet: T): boolean;
  /** Hands a sender's packets, in order, to `work`, which returns those that wait on. */
  work(ssrc: number, work: (queue: T[]) => T[]): void;
  workAll(work: (queue: T[]) => T[]): void;
}

/** How far `later` is ahead of `earlier`, by 16-bit sequence numbers. */
const ahead = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;

export function createHeldPackets<T extends { header: { sequence: number } }>(): HeldPackets<T> {
  const queues = new Map<number, T[]>();
  let total = 0;

  function work(ssrc: number, queue: T[], step: (queue: T[]) => T[]): void {
    const rest = step(queue);
    total += rest.length - queue.length;
    if (rest.length === 0) queues.delete(ssrc);
    else queues.set(ssrc, rest);
  }

  return {
    has: (ssrc) => queues.has(ssrc),
    push(ssrc, packet) {
      if (total >= HELD_LIMIT) return false;
      const queue = queues.get(ssrc) ?? [];
      let at = queue.length;
      while (at > 0 && ahead(packet.header.sequence, queue[at - 1]!.header.sequence) < 0) at -= 1;
      queue.splice(at, 0, packet);
      queues.set(ssrc, queue);
      total += 1;
      return true;
    },
    work(ssrc, step) {
      const queue = queues.get(ssrc);
      if (queue !== undefined) work(ssrc, queue, step);
    },
    workAll(step) {
      for (const [ssrc, queue] of queues) work(ssrc, queue, step);
    },
  };
}

/** Packets that came before what they need: a transport key, the name of their sender, or the keys of a DAVE group. */

/** How long a packet may wait; Discord announces a speaker (op 5) well within it. */
export const HELD_US = 5_000_000;
/** 130 speakers for 5 s, some 10 MB; anybody can send datagrams to our port, so there must be an end. */
const HELD_LIMIT = 32_768;

export interface HeldPackets<T extends { arrivalUs: number }> {
  has(ssrc: number): boolean;
  /** False when there is no room. */
  push(ssrc: number, packet: T): boolean;
  /** Offers each sender's packets in order, until `advance` says that one must go on waiting. */
  retry(advance: (packet: T) => boolean): void;
  expire(nowUs: number, giveUp: (packet: T) => void): void;
}

export function createHeldPackets<T extends { arrivalUs: number }>(): HeldPackets<T> {
  const queues = new Map<number, T[]>();
  let total = 0;

  /** Takes packets from the front of a queue while `leaves` agrees. */
  function drain(ssrc: number, queue: T[], leaves: (packet: T) => boolean): void {
    let taken = 0;
    while (taken < queue.length && leaves(queue[taken]!)) taken += 1;
    total -= taken;
    if (taken === queue.length) queues.delete(ssrc);
    else queue.splice(0, taken);
  }

  return {
    has: (ssrc) => queues.has(ssrc),
    push(ssrc, packet) {
      if (total >= HELD_LIMIT) return false;
      const queue = queues.get(ssrc);
      if (queue === undefined) queues.set(ssrc, [packet]);
      else queue.push(packet);
      total += 1;
      return true;
    },
    retry(advance) {
      for (const [ssrc, queue] of queues) drain(ssrc, queue, advance);
    },
    expire(nowUs, giveUp) {
      for (const [ssrc, queue] of queues) {
        drain(ssrc, queue, (packet) => {
          const old = nowUs - packet.arrivalUs > HELD_US;
          if (old) giveUp(packet);
          return old;
        });
      }
    },
  };
}

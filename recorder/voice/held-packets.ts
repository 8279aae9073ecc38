/** Packets that came before what they need: a transport key, the name of their sender, or the keys of a DAVE group. */

/** How long a packet may wait; Discord announces a speaker (op 5) well within it. */
export const HELD_US = 5_000_000;
/** 130 speakers for 5 s, some 10 MB; anybody can send datagrams to our port, so there must be an end. */
export const HELD_LIMIT = 32_768;
/** And of datagrams longer than speech ever is: as many of what an Ethernet frame takes. */
export const HELD_LIMIT_BYTES = HELD_LIMIT * 1_500;

interface Held {
  header: { sequence: number };
  datagram: Uint8Array;
}

export interface HeldPackets<T> {
  has(ssrc: number): boolean;
  /** Puts it where its sequence number belongs. False when there is no room. */
  push(ssrc: number, packet: T): boolean;
  /** Hands a sender's packets, in order, to `work`, which returns those that wait on; it may do so in the array it got. */
  work(ssrc: number, work: (queue: T[]) => T[]): void;
  workAll(work: (queue: T[]) => T[]): void;
}

/** How far `later` is ahead of `earlier`, by 16-bit sequence numbers. */
const ahead = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;

export function createHeldPackets<T extends Held>(): HeldPackets<T> {
  const queues = new Map<number, { packets: T[]; bytes: number }>();
  let total = 0;
  let totalBytes = 0;

  function work(ssrc: number, step: (queue: T[]) => T[]): void {
    const queue = queues.get(ssrc);
    if (queue === undefined) return;
    const { length } = queue.packets;
    const packets = step(queue.packets);
    if (packets === queue.packets && packets.length === length) return;
    const bytes = packets.reduce((sum, { datagram }) => sum + datagram.length, 0);
    total += packets.length - length;
    totalBytes += bytes - queue.bytes;
    if (packets.length === 0) queues.delete(ssrc);
    else queues.set(ssrc, { packets, bytes });
  }

  return {
    has: (ssrc) => queues.has(ssrc),
    push(ssrc, packet) {
      const { length: bytes } = packet.datagram;
      if (total >= HELD_LIMIT || totalBytes + bytes > HELD_LIMIT_BYTES) return false;
      const queue = queues.get(ssrc) ?? { packets: [], bytes: 0 };
      const { packets } = queue;
      let at = packets.length;
      while (at > 0 && ahead(packet.header.sequence, packets[at - 1]!.header.sequence) < 0) at -= 1;
      packets.splice(at, 0, packet);
      queue.bytes += bytes;
      queues.set(ssrc, queue);
      total += 1;
      totalBytes += bytes;
      return true;
    },
    work,
    workAll(step) {
      for (const ssrc of queues.keys()) work(ssrc, step);
    },
  };
}

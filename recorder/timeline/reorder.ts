/** Puts packets back in order: those in sequence pass at once, behind a missing one they wait for it, but not for long. */

/**
 * How long packets wait behind a missing one. It was due one packet (20 ms) before the first that waits came, so a packet
 * that is 200 ms late is still in time. The wait counts towards the 200 ms that a crash may cost, hence no longer.
 */
export const REORDER_WAIT_US = 180_000;

export interface Queued<T> {
  /** Unwrapped sequence number. */
  sequence: number;
  /** When it was handed in. */
  sinceUs: number;
  packet: T;
}

export class ReorderQueue<T> {
  private readonly queue: Queued<T>[] = [];
  /** The sequence number that is due, once the first packet was taken. */
  private due: number | undefined;

  /** False when the packet is a duplicate, or so late that its place has been passed. */
  add(entry: Queued<T>): boolean {
    if (this.due !== undefined && entry.sequence < this.due) return false;
    let at = this.queue.length;
    while (at > 0 && this.queue[at - 1]!.sequence > entry.sequence) at--;
    if (at > 0 && this.queue[at - 1]!.sequence === entry.sequence) return false;
    if (at === this.queue.length) this.queue.push(entry);
    else this.queue.splice(at, 0, entry);
    return true;
  }

  /** The packet that may pass now, without taking it: the one due, or the next one when waiting has been long enough. */
  peek(nowUs: number): Queued<T> | undefined {
    const first = this.queue[0];
    if (first === undefined || this.due === undefined || first.sequence === this.due) return first;
    return this.waitedSinceUs() + REORDER_WAIT_US <= nowUs ? first : undefined;
  }

  /** Takes what `peek` showed. @returns how many packets before it never came. */
  take(): number {
    const first = this.queue.shift()!;
    const missing = this.due === undefined ? 0 : first.sequence - this.due;
    this.due = first.sequence + 1;
    return missing;
  }

  /** Everything that waits, in order. */
  waiting(): readonly Queued<T>[] {
    return this.queue;
  }

  private waitedSinceUs(): number {
    let sinceUs = Infinity;
    for (const entry of this.queue) sinceUs = Math.min(sinceUs, entry.sinceUs);
    return sinceUs;
  }
}

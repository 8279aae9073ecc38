/**
 * One SSRC on the session clock: order, wraps, duplicates, and where each packet belongs. Pure: time comes in as a
 * number, packets come out placed.
 */
import { ClockLine } from './clock-line.ts';
import { type Queued, REORDER_WAIT_US, ReorderQueue } from './reorder.ts';
import { unwrap } from './unwrap.ts';
import type { GapReason } from '../session/model.ts';

/** 48 kHz in microseconds. */
export const SAMPLE_US = 125 / 6;
/** A jump further ahead, or a step further back, is a sender that began anew (RFC 3550 appendix A.1). */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

/**
 * How far arrivals must leave the line, all of them for a while, before the line is drawn anew. A sender whose timestamps
 * advance only per packet does so after every pause. One known to run on through silence is believed longer, because
 * there it is the network that changed. 150 ms is Discord practice for a sender of whom nothing is known yet.
 */
const LEAVES_LINE_US = { unknown: 150_000, perPacket: 60_000, runsOn: 500_000 };
/** Fewer packets than this, all late, are no proof of a pause: the last ones of a spurt are alone when they wait. */
const PROOF_PACKETS = 3;
/** A pause in RTP time that shows a sender whose timestamps run on. */
const PAUSE_US = 100_000;

export interface StreamPacket {
  sequence: number;
  timestamp: number;
  /** Session clock. */
  arrivalUs: number;
  /** Null for a packet that came but cannot be kept. */
  opus: Uint8Array | null;
  /** Length at 48 kHz; for a packet without content the length of the one before is assumed. */
  samples: number | null;
  reason: GapReason;
}

/** One packet in its place, in order; `opus` null is a hole of `samples`. */
export interface Placement {
  line: ClockLine;
  rtpUs: number;
  samples: number;
  opus: Uint8Array | null;
  reason: GapReason;
  /** When the packet was handed in: what it waited since counts towards what a crash may cost. */
  sinceUs: number;
  /** It begins where the packet before it ended, nothing between them. */
  joined: boolean;
  /** Packets missing directly before it, and the length of the hole they left. */
  lostPackets: number;
  lostUs: number;
}

interface Unwrapped extends StreamPacket {
  rtpUs: number;
}

interface Previous {
  line: ClockLine;
  rtpUs: number;
  samples: number;
}

export class Stream {
  private queue = new ReorderQueue<Unwrapped>();
  private lastSequence: number | undefined;
  private lastTimestamp = 0;
  private suspect: { packet: StreamPacket; nowUs: number } | undefined;
  private line: ClockLine | undefined;
  private previous: Previous | undefined;
  private kind: keyof typeof LEAVES_LINE_US = 'unknown';
  /** While set, packets are collected before it is decided on which line they lie. */
  private decideAtUs: number | undefined;
  /** Packets up to this sequence number were decided to stay on the line. */
  private settledTo = -1;
  /** Duplicates, and packets too late for their place. */
  stale = 0;

  /** Takes a packet as it came, at `nowUs`. @returns the packets that can be placed now. */
  receive(packet: StreamPacket, nowUs: number): Placement[] {
    const near = this.lastSequence;
    if (near !== undefined) {
      const step = unwrap(near, packet.sequence, 16) - near;
      if (step > MAX_DROPOUT || step < -MAX_MISORDER) return this.receiveSuspect(packet, nowUs);
    }
    this.suspect = undefined;
    this.enqueue(packet, nowUs);
    return this.release(nowUs);
  }

  /** Packets whose waiting is over at `nowUs`. */
  release(nowUs: number): Placement[] {
    const placed: Placement[] = [];
    for (;;) {
      const next = this.queue.peek(nowUs);
      if (next === undefined || !this.onALine(next, nowUs)) return placed;
      placed.push(this.place(next, this.queue.take()));
    }
  }

  /** Everything that still waits, for the end of a session or of this SSRC. */
  drain(): Placement[] {
    return this.release(Infinity);
  }

  get idle(): boolean {
    return this.queue.waiting().length === 0;
  }

  /** A lone packet far out of sequence is dropped; a second one that follows it shows that the sender began anew. */
  private receiveSuspect(packet: StreamPacket, nowUs: number): Placement[] {
    const { suspect } = this;
    if (
      suspect === undefined ||
      unwrap(suspect.packet.sequence + 1, packet.sequence, 16) !== suspect.packet.sequence + 1
    ) {
      if (suspect !== undefined) this.stale += 1;
      this.suspect = { packet, nowUs };
      return [];
    }
    const placed = this.drain();
    this.suspect = undefined;
    this.queue = new ReorderQueue();
    this.lastSequence = undefined;
    this.line = undefined;
    this.previous = undefined;
    this.decideAtUs = undefined;
    this.settledTo = -1;
    this.enqueue(suspect.packet, suspect.nowUs);
    this.enqueue(packet, nowUs);
    return [...placed, ...this.release(nowUs)];
  }

  private enqueue(packet: StreamPacket, nowUs: number): void {
    // One turn up, so that a packet before the first one keeps a positive number.
    const sequence = unwrap(this.lastSequence ?? packet.sequence + 0x10000, packet.sequence, 16);
    const timestamp = unwrap(
      this.lastSequence === undefined ? packet.timestamp : this.lastTimestamp,
      packet.timestamp,
      32,
    );
    if (this.lastSequence === undefined || sequence > this.lastSequence) {
      this.lastSequence = sequence;
      this.lastTimestamp = timestamp;
    }
    const kept = this.queue.add({
      sequence,
      sinceUs: nowUs,
      packet: { ...packet, rtpUs: timestamp * SAMPLE_US },
    });
    if (!kept) this.stale += 1;
  }

  /** Whether it is settled on which line `next` lies; if not, it waits with those behind it until a few have come. */
  private onALine(next: Queued<Unwrapped>, nowUs: number): boolean {
    if (next.sequence <= this.settledTo) return true;
    if (
      this.line !== undefined &&
      this.decideAtUs === undefined &&
      !this.leavesLine(excessUs(this.line, next))
    )
      return true;
    this.decideAtUs ??= next.sinceUs + REORDER_WAIT_US;
    if (nowUs < this.decideAtUs) return false;
    this.decideAtUs = undefined;
    this.settle();
    return true;
  }

  private leavesLine(us: number): boolean {
    return Math.abs(us) > LEAVES_LINE_US[this.kind];
  }

  /** Whether `group` lies off the line, the nearest of them by `us`. */
  private leftLine(group: readonly Queued<Unwrapped>[], us: number): boolean {
    const proven = group.length >= PROOF_PACKETS;
    return (
      us > (proven ? LEAVES_LINE_US[this.kind] : LEAVES_LINE_US.runsOn) || us < -LEAVES_LINE_US[this.kind]
    );
  }

  /** Draws the line anew when even the least delayed of the first waiting packets is off it: a late burst is not a pause. */
  private settle(): void {
    const { line } = this;
    const group = this.untilPause();
    if (
      line === undefined ||
      this.leftLine(group, Math.min(...group.map((entry) => excessUs(line, entry))))
    ) {
      const first = group[0]!.packet;
      this.line = new ClockLine(first.rtpUs, first.arrivalUs, line?.drift);
    }
    for (const { packet } of group) this.line!.observe(packet.rtpUs, packet.arrivalUs);
    this.settledTo = group[group.length - 1]!.sequence;
  }

  /**
   * The waiting packets up to where all later ones are later still by a pause: those are another spurt's, and it is for
   * them to show where it lies. The last packet of a spurt and the first of the next may well wait together.
   */
  private untilPause(): readonly Queued<Unwrapped>[] {
    const waiting = this.queue.waiting();
    const delaysUs = waiting.map(({ packet }) => packet.arrivalUs - packet.rtpUs);
    const leastBeforeUs = runningMin(delaysUs);
    const leastFromUs = runningMin(delaysUs.toReversed()).toReversed();
    const pause = leastFromUs.findIndex(
      (leastUs, index) => index > 0 && leastUs - leastBeforeUs[index - 1]! > LEAVES_LINE_US[this.kind],
    );
    return pause < 0 ? waiting : waiting.slice(0, pause);
  }

  private place({ sequence, sinceUs, packet }: Queued<Unwrapped>, lostPackets: number): Placement {
    const line = this.line!;
    if (sequence > this.settledTo) line.observe(packet.rtpUs, packet.arrivalUs);
    const { previous } = this;
    const samples = packet.samples ?? previous?.samples ?? 960;
    const beforeUs = (previous?.samples ?? samples) * SAMPLE_US;
    const sameLine = previous?.line === line;
    const pauseUs = previous === undefined ? 0 : packet.rtpUs - previous.rtpUs - beforeUs;
    if (previous !== undefined && lostPackets === 0) this.learnKind(sameLine, pauseUs);
    this.previous = { line, rtpUs: packet.rtpUs, samples };
    const lostUs = sameLine ? Math.min(Math.max(pauseUs, 0), lostPackets * beforeUs) : lostPackets * beforeUs;
    // Half a grid step: a sender that states another frame length than it sends is no sender with pauses.
    const joined = sameLine && lostPackets === 0 && pauseUs < 1250;
    return {
      line,
      rtpUs: packet.rtpUs,
      samples,
      opus: packet.opus,
      reason: packet.reason,
      sinceUs,
      joined,
      lostPackets,
      lostUs,
    };
  }

  private learnKind(sameLine: boolean, pauseUs: number): void {
    if (sameLine && pauseUs > PAUSE_US) this.kind = 'runsOn';
    else if (!sameLine && Math.abs(pauseUs) < PAUSE_US) this.kind = 'perPacket';
  }
}

const runningMin = (values: readonly number[]): number[] => {
  let least = Infinity;
  return values.map((value) => (least = Math.min(least, value)));
};

function excessUs(line: ClockLine, entry: Queued<Unwrapped>): number {
  return entry.packet.arrivalUs - line.at(entry.packet.rtpUs);
}

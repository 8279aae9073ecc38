/**
 * From a sender's RTP clock to the session clock. A packet can be late but never early, so the true line lies under
 * all points (RTP time, arrival - RTP time) and touches the luckiest of them; its slope is the drift of the sender's
 * clock. The line is the lower convex hull's, as in Moon, Skelly and Towsley, "Estimation and removal of clock skew from
 * network delay measurements" (INFOCOM 1999). A drift that is learned, rather than allowed for by relaxing the minimum,
 * is what keeps a speaker in place who comes back after a minute of silence.
 */

interface Point {
  rtpUs: number;
  /** Arrival minus RTP time. */
  delayUs: number;
}

/** One point, the least delayed packet, is kept of each second of RTP time. */
const BLOCK_US = 1_000_000;
/** Older points are forgotten: oscillators move with temperature over minutes. */
const WINDOW_US = 300_000_000;
/** A slope seen over this long weighs as much as the one assumed before; a short look at jitter is no drift. */
const TRUST_US = 10_000_000;
/** Crystals are within 100 ppm; a little more, so that the limit itself is never in the way. */
const MAX_SLOPE = 150e-6;

export class ClockLine {
  /** Lower convex hull of the blocks, RTP time rising. */
  private readonly hull: Point[] = [];
  /** The least delayed packet of the block that is going on. */
  private block: Point;
  private blockStartUs: number;
  private slope: number;
  private readonly assumedSlope: number;
  /** Delay of the line at RTP time 0. */
  private interceptUs: number;

  /** Begins at one packet; `assumedSlope` is the drift that an earlier line of the same sender learned. */
  constructor(rtpUs: number, arrivalUs: number, assumedSlope = 0) {
    this.block = { rtpUs, delayUs: arrivalUs - rtpUs };
    this.blockStartUs = rtpUs;
    this.assumedSlope = assumedSlope;
    this.slope = assumedSlope;
    this.interceptUs = this.underUs(this.block);
  }

  /** Session clock at which the sender's clock showed `rtpUs`. */
  at(rtpUs: number): number {
    return rtpUs + this.interceptUs + this.slope * rtpUs;
  }

  /** How much slower than ours the sender's clock runs: 60e-6 is 60 ppm. */
  get drift(): number {
    return this.slope;
  }

  /** Takes a packet into account, in the order of RTP time. */
  observe(rtpUs: number, arrivalUs: number): void {
    const point = { rtpUs, delayUs: arrivalUs - rtpUs };
    if (Math.abs(rtpUs - this.blockStartUs) >= BLOCK_US) {
      this.close(this.block);
      this.block = point;
      this.blockStartUs = rtpUs;
      this.refit();
    } else if (this.underUs(point) < this.underUs(this.block)) {
      this.block = point;
    }
    this.interceptUs = Math.min(this.interceptUs, this.underUs(point));
  }

  private underUs(point: Point): number {
    return point.delayUs - this.slope * point.rtpUs;
  }

  private close(point: Point): void {
    const { hull } = this;
    while (hull[0] !== undefined && hull[0].rtpUs < point.rtpUs - WINDOW_US) hull.shift();
    while (hull.length >= 2 && !turnsUp(hull[hull.length - 2]!, hull[hull.length - 1]!, point)) hull.pop();
    hull.push(point);
  }

  /** The slope leans towards the assumed one while the window is short. */
  private refit(): void {
    const { hull } = this;
    let seen = middleSlope(hull);
    // No clock is that fast: the way became shorter, and what came by the longer one says nothing any more.
    for (; seen < -2 * MAX_SLOPE && hull.length > 1; seen = middleSlope(hull)) hull.shift();
    const spanUs = hull[hull.length - 1]!.rtpUs - hull[0]!.rtpUs;
    const slope = (seen * spanUs ** 2 + this.assumedSlope * TRUST_US ** 2) / (spanUs ** 2 + TRUST_US ** 2);
    this.slope = Math.min(Math.max(slope, -MAX_SLOPE), MAX_SLOPE);
    this.interceptUs = this.underUs(this.block);
    for (const point of this.hull) this.interceptUs = Math.min(this.interceptUs, this.underUs(point));
  }
}

/** Slope of the hull's edge over the middle of the window; 0 for a single point. */
function middleSlope(hull: readonly Point[]): number {
  const first = hull[0]!;
  const middleUs = first.rtpUs + (hull[hull.length - 1]!.rtpUs - first.rtpUs) / 2;
  const right = hull.findIndex((point) => point.rtpUs > middleUs);
  if (right < 1) return 0;
  const a = hull[right - 1]!;
  const b = hull[right]!;
  return (b.delayUs - a.delayUs) / (b.rtpUs - a.rtpUs);
}

function turnsUp(a: Point, b: Point, c: Point): boolean {
  return (b.delayUs - a.delayUs) * (c.rtpUs - b.rtpUs) < (c.delayUs - b.delayUs) * (b.rtpUs - a.rtpUs);
}

/** The demo's verdicts on the recording: pure comparisons of what was sent with what was recorded. */

export interface Check {
  name: string;
  ok: boolean;
  /** The figure a person reads, with its unit. */
  detail: string;
}

/** A packet as it was sent or kept: its bytes, and its place in microseconds of its own clock. */
export interface TimedPacket {
  opus: Uint8Array;
  atUs: number;
}

const SILENCE_FRAME = Buffer.from('f8fffe', 'hex');

/**
 * Pairs each packet sent with the packet kept, byte for byte and in order. Silence frames carry no speech and look like
 * the recorder's own filling, so they are left out on both sides.
 */
export function pairPackets(
  sent: readonly TimedPacket[],
  kept: readonly TimedPacket[],
): { wanted: number; pairs: { sentUs: number; keptUs: number }[] } {
  const isSpeech = ({ opus }: TimedPacket) => !SILENCE_FRAME.equals(opus);
  const wanted = sent.filter(isSpeech);
  const found = kept.filter(isSpeech);
  const pairs: { sentUs: number; keptUs: number }[] = [];
  let next = 0;
  for (const { opus, atUs } of wanted) {
    const bytes = Buffer.from(opus);
    const at = found.findIndex((each, index) => index >= next && bytes.equals(each.opus));
    if (at === -1) continue;
    pairs.push({ sentUs: atUs, keptUs: found[at]!.atUs });
    next = at + 1;
  }
  return { wanted: wanted.length, pairs };
}

export interface Alignment {
  /** Worst distance from the truth after the session's one constant offset (the median) is removed. */
  worstUs: number;
  packets: number;
}

/** Two clocks started at different moments differ by one constant; what is left is misplacement. */
export function alignmentOf(pairs: readonly { sentUs: number; keptUs: number }[]): Alignment {
  const offsets = pairs.map(({ sentUs, keptUs }) => keptUs - sentUs).sort((a, b) => a - b);
  if (offsets.length === 0) return { worstUs: Number.POSITIVE_INFINITY, packets: 0 };
  const middle = offsets[Math.floor(offsets.length / 2)]!;
  return { worstUs: Math.max(middle - offsets[0]!, offsets.at(-1)! - middle), packets: offsets.length };
}

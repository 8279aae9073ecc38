/** The demo's verdicts: pure comparisons of what was sent with what was recorded and published. */

export interface Check {
  name: string;
  ok: boolean;
  /** The figure a person reads, with its unit. */
  detail: string;
}

/** A spurt as the speaker placed it and as the index has it, both in microseconds of their own clock. */
export interface SpurtPlacement {
  speaker: string;
  truthUs: number;
  indexUs: number;
}

export interface Alignment {
  /** Worst distance from the truth after the session's one constant offset (the median) is removed. */
  worstUs: number;
  offsetUs: number;
  spurts: number;
}

/** Two clocks started at different moments differ by one constant; what is left is misplacement. */
export function alignmentOf(placements: readonly SpurtPlacement[]): Alignment {
  const offsets = placements.map(({ truthUs, indexUs }) => indexUs - truthUs).sort((a, b) => a - b);
  if (offsets.length === 0) return { worstUs: Number.POSITIVE_INFINITY, offsetUs: 0, spurts: 0 };
  const offsetUs = offsets[Math.floor(offsets.length / 2)]!;
  const worstUs = Math.max(...offsets.map((offset) => Math.abs(offset - offsetUs)));
  return { worstUs, offsetUs, spurts: offsets.length };
}

const SILENCE_FRAME = 'f8fffe';
const isSpeech = (opus: Uint8Array) => Buffer.from(opus).toString('hex') !== SILENCE_FRAME;

/**
 * Counts the packets sent that stand in the recording, byte for byte and in order. Silence frames carry no speech and
 * look like the recorder's own filling, so they are left out on both sides.
 */
export function packetsKept(
  sent: readonly Uint8Array[],
  kept: readonly Uint8Array[],
): { sent: number; kept: number } {
  const wanted = sent.filter(isSpeech).map((opus) => Buffer.from(opus));
  const found = kept.filter(isSpeech);
  let next = 0;
  let matched = 0;
  for (const opus of wanted) {
    let at = next;
    while (at < found.length && !opus.equals(found[at]!)) at += 1;
    if (at === found.length) continue;
    matched += 1;
    next = at + 1;
  }
  return { sent: wanted.length, kept: matched };
}

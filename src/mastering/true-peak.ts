/** Peaks between the samples: four-fold oversampling by the filter of ITU-R BS.1770-4 annex 2. */

/** Rows are the filter's four phases, 12 taps each. */
const PHASES = [
  [
    0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
    0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
  ],
  [
    -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
    0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
  ],
  [
    -0.0189208984375, 0.0330810546875, -0.0582275390625, 0.1015625, -0.2003173828125, 0.77978515625,
    0.465087890625, -0.16650390625, 0.089111328125, -0.0517578125, 0.029296875, -0.0291748046875,
  ],
  [
    -0.00830078125, 0.014892578125, -0.026611328125, 0.047607421875, -0.102294921875, 0.97216796875,
    0.1373291015625, -0.0594482421875, 0.033203125, -0.0196533203125, 0.010986328125, 0.001708984375,
  ],
] as const;

/** Samples that the filter looks back and ahead. */
export const TRUE_PEAK_REACH = 6;

/**
 * Highest magnitude in `samples[from..to)`, sampled or between samples. The array must reach TRUE_PEAK_REACH further
 * on both sides. Where no sample there exceeds `worthLooking`, only the samples count: oversampling costs 48 products each.
 */
export function truePeak(samples: Float32Array, from: number, to: number, worthLooking: number): number {
  let [high, low] = [0, 0];
  for (let at = from - TRUE_PEAK_REACH; at < to + TRUE_PEAK_REACH; at += 1) {
    const sample = samples[at]!;
    if (sample > high) high = sample;
    else if (sample < low) low = sample;
  }
  if (high <= worthLooking && -low <= worthLooking) return Math.max(high, -low);
  let peak = 0;
  // What the four phases reach is looked for only around samples that are high themselves.
  let near = from - TRUE_PEAK_REACH;
  for (let at = from; at < to; at += 1) {
    peak = Math.max(peak, Math.abs(samples[at]!));
    while (
      near < at + TRUE_PEAK_REACH &&
      !(near >= at - TRUE_PEAK_REACH && Math.abs(samples[near]!) > worthLooking)
    )
      near += 1;
    if (near >= at + TRUE_PEAK_REACH) continue;
    for (let phase = 0; phase < PHASES.length; phase += 1) {
      const taps = PHASES[phase]!;
      let sum = 0;
      for (let tap = 0; tap < 12; tap += 1) sum += taps[tap]! * samples[at + TRUE_PEAK_REACH - 1 - tap]!;
      peak = Math.max(peak, Math.abs(sum));
    }
  }
  return peak;
}

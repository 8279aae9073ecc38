/** A gentle compressor's gain, from the level of a voice that was brought to its target. Pure. */

export interface CompressorSettings {
  /** Above the target loudness by this much, compression sets in. */
  aboveTargetDb: number;
  ratio: number;
  /** Width of the bend around that level. */
  kneeDb: number;
  attackMs: number;
  releaseMs: number;
}

/** Gain, dB, at a level so much above the threshold (Giannoulis, Massberg and Reiss, JAES 60/6, equation 4). */
export function staticGainDb(
  overDb: number,
  { ratio, kneeDb }: Pick<CompressorSettings, 'ratio' | 'kneeDb'>,
): number {
  const slope = 1 / ratio - 1;
  if (2 * overDb < -kneeDb) return 0;
  if (2 * overDb > kneeDb) return slope * overDb;
  return (slope * (overDb + kneeDb / 2) ** 2) / (2 * kneeDb);
}

/** Answers the gain, dB, for one millisecond after another, from its mean square. */
export function createCompressor(settings: CompressorSettings, targetLufs: number) {
  const attack = 1 - Math.exp(-1 / settings.attackMs);
  const release = 1 - Math.exp(-1 / settings.releaseMs);
  const thresholdDb = targetLufs + settings.aboveTargetDb;
  let gainDb = 0;
  return (power: number): number => {
    const wantedDb = power > 0 ? staticGainDb(10 * Math.log10(power) - thresholdDb, settings) : 0;
    gainDb += (wantedDb - gainDb) * (wantedDb < gainDb ? attack : release);
    return gainDb;
  };
}

/** How much the sharp part of a voice is turned down, from its share of the whole. Pure. */

export interface DeEsserSettings {
  /** Sibilants lie above this. */
  aboveHz: number;
  /** Turned down is what exceeds this share of the whole, dB (0 and below). */
  shareDb: number;
  maxReductionDb: number;
  releaseMs: number;
}

/** Answers the gain of the sharp part, dB, for one millisecond after another. The level of a voice does not matter. */
export function createDeEsser({ shareDb, maxReductionDb, releaseMs }: Omit<DeEsserSettings, 'aboveHz'>) {
  const release = 1 - Math.exp(-1 / releaseMs);
  let reductionDb = 0;
  /** Energies of the millisecond. */
  return (sharp: number, whole: number): number => {
    const excessDb = whole > 0 && sharp > 0 ? 10 * Math.log10(sharp / whole) - shareDb : 0;
    const wantedDb = Math.min(maxReductionDb, Math.max(0, excessDb));
    reductionDb = wantedDb > reductionDb ? wantedDb : reductionDb + (wantedDb - reductionDb) * release;
    return -reductionDb;
  };
}

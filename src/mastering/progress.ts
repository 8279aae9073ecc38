/** One rising percentage out of the stages of a render. */

/** Shares of a render's time, measured on ten minutes with four speakers. */
const STAGES = { decode: 16, analyse: 6, clean: 8, mix: 10, encode: 60 } as const;
export type Stage = keyof typeof STAGES;

export type Progress = (stage: Stage, share: number) => void;

/** Calls `report` with whole percents, each once; 100 is left to the end of the render. */
export function createProgress(report: (percent: number) => void): Progress {
  const names = Object.keys(STAGES) as Stage[];
  let last = -1;
  return (stage, share) => {
    const before = names.slice(0, names.indexOf(stage)).reduce((sum, name) => sum + STAGES[name], 0);
    const percent = Math.min(99, Math.floor(before + STAGES[stage] * Math.min(1, Math.max(0, share))));
    if (percent <= last) return;
    last = percent;
    report(percent);
  };
}

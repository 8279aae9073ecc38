/** Tells an ffmpeg that hangs from one that is slow: by how far its own lines say it is. */

/** ffmpeg reports twice a second (`-stats_period`); the longest it is silent at work is while it moves an M4A's index. */
export const STALLED_AFTER_MS = 5 * 60_000;

/** Of a progress line (fftools/ffmpeg.c, print_report): how much came out, and up to which moment. */
const HOW_FAR = /\b(?:size|time)= *\S+/g;

export interface StallWatch {
  /** A line of ffmpeg's stderr. One of progress that says what the last one said is no sign of life. */
  see(line: string): void;
  end(): void;
}

/** Calls `onStall` once, when nothing new was seen for `limitMs`. */
export function watchForStall(limitMs: number, onStall: () => void): StallWatch {
  let last = '';
  const timer = setTimeout(onStall, limitMs);
  return {
    see(line) {
      const now = line.match(HOW_FAR)?.join(' ') ?? line;
      if (now === last) return;
      last = now;
      timer.refresh();
    },
    end: () => clearTimeout(timer),
  };
}

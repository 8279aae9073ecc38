/** What the children of this process have taken of memory. */
import { readdirSync, readFileSync } from 'node:fs';

/** The highest resident memory of any child of this process so far, MB; NaN without a child, or where there is no /proc. */
export function childPeakMb(): number {
  try {
    const tasks = readdirSync('/proc/self/task');
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const peaks = children.map((pid) =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN),
    );
    return peaks.length === 0 ? NaN : Math.max(...peaks) / 1024;
  } catch {
    return NaN;
  }
}

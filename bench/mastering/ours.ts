/** Renders a session as a job does: `ours.ts <session> <output> <preset>`; answers the render process's peak memory as JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { startRender } from '../../src/mastering/index.ts';

const [sessionFolder, outputFolder, preset] = process.argv.slice(2);

/** The highest resident memory of our only child so far, MB; NaN where there is no /proc. */
function childPeakMb(): number {
  try {
    const tasks = readdirSync('/proc/self/task');
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    const peaks = children.map((pid) =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN),
    );
    return Math.max(...peaks) / 1024;
  } catch {
    return NaN;
  }
}

let peakMb = NaN;
const look = () => {
  const now = childPeakMb();
  if (now > 0 && !(now < peakMb)) peakMb = now;
};
const timer = setInterval(look, 100);
await startRender({
  ...{ sessionFolder: sessionFolder!, outputFolder: outputFolder!, preset: preset! },
  ...{ title: 'Bench', showTitle: 'Stagecast', author: 'Stagecast' },
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' },
});
clearInterval(timer);
console.log(JSON.stringify({ peakMb }));

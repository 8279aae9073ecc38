/** Renders a session as a job does: `ours.ts <session> <output> <preset>`; answers the render process's peak memory as JSON. */
import { startRender } from '../../src/mastering/index.ts';
import { childPeakMb } from './child-peak.ts';

const [sessionFolder, outputFolder, preset] = process.argv.slice(2);

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

/** Renders a session as a job does: `ours.ts <session> <output> <preset> [edit as JSON]`; answers the render process's peak memory as JSON. */
import { startRender, type Edit } from '../../src/mastering/index.ts';
import { childPeakMb } from './child-peak.ts';

const [sessionFolder, outputFolder, preset, edit] = process.argv.slice(2);

let peakMb = NaN;
const look = () => {
  const now = childPeakMb();
  if (now > 0 && !(now < peakMb)) peakMb = now;
};
const timer = setInterval(look, 100);
await startRender({
  ...{ sessionFolder: sessionFolder!, outputFolder: outputFolder!, preset: preset! },
  ...(edit !== undefined && { edit: JSON.parse(edit) as Edit }),
  ...{ title: 'Bench', showTitle: 'Stagecast', author: 'Stagecast' },
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' },
});
clearInterval(timer);
console.log(JSON.stringify({ peakMb }));

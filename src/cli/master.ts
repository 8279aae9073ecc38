/** `stagecast master`: a session mastered into a folder, with an edit or without, beside whatever else runs. */
import { readSession } from '../../recorder/session/reader.ts';
import type { Config } from '../config.ts';
import { LONGEST_WINDOW_US, startRender, startWindow, type RenderRequest } from '../mastering/index.ts';
import { asMastered, type SoundOptions } from './mastered.ts';
import { RequestError } from './request-error.ts';
import { outFolderOf, sessionFolderOf, untilStopped } from './session-work.ts';

export interface MasterOptions extends SoundOptions {
  out: string;
  /** Seconds of the master, as `60-70`. */
  window?: string;
  title?: string;
  show?: string;
}

/** Answers the exit code. Throws RenderError, and RequestError where no such session or edit is. */
export async function masterToFolder(
  config: Config,
  session: string,
  { out, window, title, show = '', ...sound }: MasterOptions,
): Promise<number> {
  const part = window === undefined ? undefined : readWindow(window);
  const sessionFolder = await sessionFolderOf(config, session);
  const recorded = await readSession(sessionFolder);
  const request: RenderRequest = {
    ...{ sessionFolder, outputFolder: await outFolderOf(out), ...(await asMastered(sound)) },
    ...{ title: title ?? recorded.title, showTitle: show, author: show },
    ...{ ffmpegPath: config.ffmpegPath, ffprobePath: config.ffprobePath },
  };
  if (part !== undefined) {
    const heard = await startWindow({ ...request, ...part }, untilStopped());
    console.log(`${heard.path}  ${seconds(heard.durationUs)} of ${seconds(heard.masterUs)}`);
    return 0;
  }
  const { renditions, durationUs } = await startRender(request, untilStopped());
  console.log(`${recorded.title}: ${seconds(recorded.durationUs)} recorded, ${seconds(durationUs)} mastered`);
  for (const { path: file, integratedLufs, truePeakDbtp } of renditions)
    console.log(`${file}  ${integratedLufs.toFixed(1)} LUFS, peak ${truePeakDbtp.toFixed(1)} dBTP`);
  return 0;
}

const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;

function readWindow(written: string): { fromUs: number; toUs: number } {
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(written) ?? [];
  const [fromUs, toUs] = [Math.round(Number(from) * 1e6), Math.round(Number(to) * 1e6)];
  if (fromUs < toUs && toUs - fromUs <= LONGEST_WINDOW_US) return { fromUs, toUs };
  throw new RequestError(
    `--window ${written} is no part of a master: give seconds as 60-70, at most ${LONGEST_WINDOW_US / 1e6} s.`,
  );
}

/** What is heavy leaves room to a recording on the same machine, whenever that begins. */
import type { WorkersOptions } from './index.ts';

/** How many of ffmpeg may run at once now: one beside a recording, as many as help otherwise. */
export const atOnceNow =
  ({ isRecording }: Pick<WorkersOptions, 'isRecording'>) =>
  (): number | undefined =>
    isRecording?.() === true ? 1 : undefined;

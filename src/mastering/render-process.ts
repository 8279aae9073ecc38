/** Entry of the render process: takes one order over IPC, answers with progress and a result or a failure, and ends. */
import { rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { SessionFolderError } from '../../recorder/session/reader.ts';
import { RenderError } from './errors.ts';
import { createFfmpegRunner, FfmpegError, FfmpegMissingError } from './ffmpeg.ts';
import {
  atOnceChanged,
  toRenderProcess,
  type FromRenderProcess,
  type Task,
  type ToRenderProcess,
} from './render-messages.ts';
import type { RenderSurroundings } from './prepare.ts';
import { DISK_FULL, isDiskFull } from './scratch-space.ts';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
// The application is gone: nobody waits for this render any more.
process.once('disconnect', () => stop.abort());
process.once('message', (received) => void serve(toRenderProcess.parse(received)));

async function serve({ task, scratchFolder, atOnce }: ToRenderProcess): Promise<void> {
  // A live recording comes first; ffmpeg inherits it. A window is short, and somebody waits for it.
  if (task.kind !== 'window') setPriority(constants.priority.PRIORITY_LOW);
  const encoders = task.kind === 'render' ? (task.request.encoders ?? Infinity) : Infinity;
  const allowed = (most: number | null) => Math.min(encoders, most ?? Infinity);
  const ffmpeg = createFfmpegRunner(task.request, stop.signal, { atOnce: allowed(atOnce) });
  process.on('message', (received) => ffmpeg.allow(allowed(atOnceChanged.parse(received).atOnce)));
  try {
    const onProgress = (percent: number) => answer({ type: 'progress', percent });
    const surroundings = { ffmpeg, scratchFolder, signal: stop.signal, onProgress };
    const result = await carry(task, surroundings);
    answer({ type: 'done', result });
  } catch (error) {
    answer({ type: 'failed', ...failureOf(error) });
  } finally {
    ffmpeg.close();
    if (process.connected) process.disconnect?.();
    else await rm(scratchFolder, { recursive: true, force: true }); // Nobody else is left to do it.
  }
}

/** Each kind of work is read when it is to be done: a window waits for none of the others. */
async function carry(task: Task, surroundings: RenderSurroundings): Promise<unknown> {
  if (task.kind === 'render') return (await import('./render.ts')).render(task.request, surroundings);
  if (task.kind === 'window') return (await import('./window.ts')).renderWindow(task.request, surroundings);
  const { exportSession } = await import('./exports/export-session.ts');
  return exportSession(task.request, surroundings);
}

/** A parent that died cannot be answered. */
function answer(message: FromRenderProcess): void {
  if (process.connected) process.send?.(message);
}

function failureOf(error: unknown): Pick<RenderError, 'code' | 'message'> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RenderError) return { code: error.code, message };
  if (stop.signal.aborted) return { code: 'aborted', message: 'The render was stopped.' };
  if (error instanceof FfmpegMissingError) return { code: 'ffmpeg-missing', message };
  if (isDiskFull(error)) return { code: 'disk-full', message: DISK_FULL };
  if (error instanceof FfmpegError) return { code: 'ffmpeg-failed', message };
  if (error instanceof SessionFolderError) return { code: 'bad-session', message };
  return { code: 'unexpected', message };
}

/** Which engine makes a master: this code, and the ffmpeg that decodes, filters and encodes for it. */
import { realpath, stat } from 'node:fs/promises';
import { findProgram } from './program.ts';

/** Part of every result and report: raised when the same session would sound different. */
export const ENGINE_VERSION = 'stagecast-mastering 5';

/**
 * Names both in the keys of what is kept: what another engine found out of a session is not gone by. ffmpeg is told by its
 * file, because asking it for its version is a start that a window of a master would wait for.
 */
export async function engineKey(ffmpegPath: string): Promise<string> {
  const program = await findProgram(ffmpegPath);
  if (program === undefined) return ENGINE_VERSION;
  const { size, mtimeMs } = await stat(await realpath(program));
  return `${ENGINE_VERSION}, ffmpeg of ${size} bytes and ${mtimeMs}`;
}

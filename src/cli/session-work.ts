/** What commands that work on one session share: where it is, and how somebody at a terminal waits for it. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.ts';
import type { RenderOptions } from '../mastering/index.ts';
import { makeDataFolder } from './data-folder.ts';
import { RequestError } from './request-error.ts';
import { STOP_SIGNALS } from './signals.ts';

/** By the session's id, or the path of its folder. Throws RequestError where no such session is. */
export async function sessionFolderOf({ sessionsFolder }: Config, session: string): Promise<string> {
  for (const folder of [path.join(sessionsFolder, session), path.resolve(session)])
    if (await isSession(folder)) return folder;
  throw new RequestError(
    `There is no session "${session}" in ${sessionsFolder}, nor a session folder of that path. Each folder there is named by its session's id.`,
  );
}

/** Where the files go, made when missing. Throws RequestError where nothing can be written. */
export async function outFolderOf(out: string): Promise<string> {
  try {
    await makeDataFolder(out);
  } catch (cause) {
    throw new RequestError(
      `--out ${out} cannot be used (${(cause as Error).message}). Give a folder that this user may write.`,
    );
  }
  return path.resolve(out);
}

const isSession = (folder: string): Promise<boolean> =>
  access(path.join(folder, 'journal.jsonl')).then(
    () => true,
    () => false,
  );

/** Work that Ctrl-C ends, with its progress. */
export function untilStopped(): RenderOptions {
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS) process.once(signal, () => stop.abort());
  return { signal: stop.signal, onProgress: showProgress };
}

/** For whoever waits at a terminal; a log is spared it. */
export function showProgress(percent: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${percent} %${percent >= 99 ? '\n' : ''}`);
}

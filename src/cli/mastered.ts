/** How a session is to be mastered, as it is said at a terminal. */
import { readFile } from 'node:fs/promises';
import { parseEdit, type Edit, type RenderRequest } from '../mastering/index.ts';
import { RequestError } from './request-error.ts';

export interface SoundOptions {
  preset: string;
  /** Path of a JSON file. */
  edit?: string;
  /** Paths of sound files. */
  intro?: string;
  outro?: string;
  bed?: string;
}

/** Throws RequestError where no such edit is, RenderError where it cannot be used. */
export async function asMastered({
  preset,
  edit,
  intro,
  outro,
  bed,
}: SoundOptions): Promise<Pick<RenderRequest, 'preset' | 'edit' | 'furniture'>> {
  return {
    preset,
    ...(edit === undefined ? {} : { edit: await readEdit(edit) }),
    furniture: { introPath: intro, outroPath: outro, bedPath: bed },
  };
}

async function readEdit(file: string): Promise<Edit> {
  let written: unknown;
  try {
    written = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new RequestError(`--edit ${file} cannot be read as JSON (${(cause as Error).message}).`);
  }
  return parseEdit(written);
}

/** A change to a file of a session that nobody is writing any more. */
import type { Files, OpenFile } from './files.ts';

/** Opens a file that exists, changes it, and makes that durable. */
export async function changing(
  files: Files,
  path: string,
  change: (file: OpenFile) => Promise<void> | void,
): Promise<void> {
  const file = files.open(path, 'resume');
  try {
    await change(file);
    await file.sync();
  } finally {
    file.close();
  }
}

/** Finds a program as a shell would. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';

/** Where it is: a path of its own, or the first in `PATH` that can be run. Undefined where there is none. */
export async function findProgram(program: string): Promise<string | undefined> {
  const folders = program.includes(sep) ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const file = join(folder, program);
    const canRun = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (canRun) return file;
  }
  return undefined;
}

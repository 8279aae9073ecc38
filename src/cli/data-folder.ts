/** The data folder, and others that a person names: made where there is none, and tried by writing into it. */
import { access, mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../config.ts';

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}

/**
 * Makes the folder with those above it, and proves that this user can write there. Throws the file system's error.
 * Not `mkdir` with `recursive`: below a folder that takes no folders (/proc) it begins anew for ever.
 */
export async function makeDataFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !(await exists(at)); at = path.dirname(at)) missing.unshift(at);
  for (const each of missing) await mkdir(each);
  // Rights alone do not tell: the superuser has them everywhere, and a file system may be read-only.
  await rmdir(await mkdtemp(path.join(folder, '.trying-')));
}

/** The same for a command that cannot do without it. Throws ConfigError. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await makeDataFolder(folder);
  } catch (cause) {
    throw new ConfigError([
      `DATA_FOLDER cannot be used (${(cause as Error).message}). Set it to a folder that this user may write`,
    ]);
  }
}

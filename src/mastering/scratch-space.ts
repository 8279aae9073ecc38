/** Room on the disk: asked for before work starts, and recognised when it runs out in the middle. */
import { statfs } from 'node:fs/promises';
import { RenderError } from './errors.ts';

/** Left to a recording that runs on the same disk, beyond what the work itself takes. */
export const SPARE_BYTES = 256 * 2 ** 20;

export const DISK_FULL =
  'The disk is full, so this could not be written; what was half made is gone again. Whoever runs this installation can ' +
  'free room on the disk of its data folder (old exports, recordings that are also kept elsewhere); then try again.';

/** Throws RenderError `disk-full` when the folder's file system has not got `bytes` free, and something to spare. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const fault = spaceFault(bytes, bavail * bsize);
  if (fault !== undefined) throw new RenderError('disk-full', fault);
}

/** What is wrong with so much free space; undefined when nothing is. */
export function spaceFault(neededBytes: number, freeBytes: number): string | undefined {
  const missingBytes = neededBytes + SPARE_BYTES - freeBytes;
  if (missingBytes <= 0) return undefined;
  return (
    `This needs up to ${inMb(neededBytes)} on the disk of the data folder and ${inMb(SPARE_BYTES)} to spare, and ` +
    `${inMb(freeBytes)} are free: ${inMb(missingBytes)} are missing. Make room there and try again.`
  );
}

const inMb = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/** ENOSPC, and EDQUOT of a user's quota (errno(3)). */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

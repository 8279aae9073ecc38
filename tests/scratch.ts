/** Around a whole run: what its tests make and throw away stands in one folder (vitest.config.ts), which goes at the end. */
import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';

export default function scratch({ config }: TestProject): () => Promise<void> {
  const folder = config.env['TMPDIR'];
  return async () => {
    if (typeof folder === 'string') await rm(folder, { recursive: true, force: true });
  };
}

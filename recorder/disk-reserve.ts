/**
 * A file of nothing that is given up when the disk is full, so that sessions can be sealed and the catalog's last writes
 * find room, whatever filled the disk.
 */
import { randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface DiskReserve {
  /** Makes it, where there is room; again is harmless. */
  keep(): Promise<void>;
  release(): Promise<void>;
}

export function diskReserve(dataFolder: string, bytes: number): DiskReserve {
  const file = path.join(dataFolder, 'reserve');
  return {
    async keep() {
      const there = await stat(file).catch(() => undefined);
      if (bytes === 0 || there?.size === bytes) return;
      const handle = await open(file, 'w');
      try {
        // Not zeros: file systems that compress (btrfs, ZFS) keep no room for them. And all of it, as no single write has to.
        await handle.writeFile(randomBytes(bytes));
        await handle.sync();
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
    },
    release: () => rm(file, { force: true }),
  };
}

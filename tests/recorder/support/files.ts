/** Disks for tests: one that does not wait for the platter, one that refuses on command. */
import { type Files, nodeFiles } from '../../../recorder/session/files.ts';

/** The real disk without syncs, for tests that repair a folder a thousand times. */
export const unsyncedFiles: Files = {
  ...nodeFiles,
  open: (path, how) => ({ ...nodeFiles.open(path, how), sync: () => Promise.resolve() }),
  syncFolder: () => Promise.resolve(),
};

export interface UnwellFiles extends Files {
  /** Every write to a path that ends so fails with this code, after half of it was taken, until it is null again. */
  refuse: { pathEnds: string; code: 'ENOSPC' | 'EDQUOT' | 'EIO' } | null;
  /** Paths in the order of their syncs. */
  synced: string[];
  /** Largest number of bytes written at once. */
  largestWrite: number;
}

export function unwellFiles(): UnwellFiles {
  const files: UnwellFiles = {
    ...nodeFiles,
    refuse: null,
    synced: [],
    largestWrite: 0,
    open(path, how) {
      const file = nodeFiles.open(path, how);
      return {
        ...file,
        write(bytes, position) {
          files.largestWrite = Math.max(files.largestWrite, bytes.length);
          if (files.refuse !== null && path.endsWith(files.refuse.pathEnds)) {
            file.write(bytes.subarray(0, bytes.length >> 1), position);
            throw Object.assign(new Error(`${files.refuse.code}: refused`), { code: files.refuse.code });
          }
          file.write(bytes, position);
        },
        async sync() {
          await file.sync();
          files.synced.push(path);
        },
      };
    },
  };
  return files;
}

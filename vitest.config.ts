import { statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Whole journeys and process trees: they play audio in real time, and start half a dozen processes each. */
const journeys = ['tests/e2e/**/*.test.ts', 'tests/cli/process-tree.test.ts'];

/**
 * Folders that tests make and throw away stand in memory where it is roomy: a database of 40 MB is a second on a disk, a
 * tenth of one there. A container's default of 64 MiB is not enough.
 */
const MEMORY = '/dev/shm';
function memoryFolder(): { TMPDIR?: string } {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > 2 * 2 ** 30 ? { TMPDIR: MEMORY } : {};
  } catch {
    return {};
  }
}

/** Journeys mostly wait for audio that plays, so two run beside each other; but after all else, which would starve them. */
export default defineConfig({
  test: {
    // Many tests wait for processes and disks; by default a machine of two cores would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism()),
    env: memoryFolder(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['tests/**/*.test.ts'],
          exclude: journeys,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: journeys,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

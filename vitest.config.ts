import { mkdtempSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Whole journeys and process trees: they play audio in real time, and start half a dozen processes each. */
const journeys = ['tests/e2e/**/*.test.ts', 'tests/cli/process-tree.test.ts'];

/**
 * Folders that tests make and throw away stand in memory where it is roomy: a database of 40 MB is a second on a disk, a
 * tenth of one there. A container's default of 64 MiB is not enough.
 */
const MEMORY = '/dev/shm';
function roomyMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > 2 * 2 ** 30;
  } catch {
    return false;
  }
}
/** All of them in one folder, which `tests/scratch.ts` removes at the end of the run. */
const scratch = mkdtempSync(path.join(roomyMemory() ? MEMORY : tmpdir(), 'stagecast-tests-'));

/** Journeys mostly wait for audio that plays, so two run beside each other; but after all else, which would starve them. */
export default defineConfig({
  test: {
    env: { TMPDIR: scratch },
    globalSetup: ['tests/scratch.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          // Modules are loaded once for all files of a worker: that is a fifth of all work.
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: journeys,
          // Many tests wait for processes, disks and the clock: half of the processor would lie idle with a worker for each core.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: journeys,
          testTimeout: 120_000,
          maxWorkers: Math.max(2, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

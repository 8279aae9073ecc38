import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Whole journeys and process trees: they play audio in real time, or start half a dozen processes. */
const alone = ['tests/e2e/**/*.test.ts', 'tests/cli/process-tree.test.ts'];

/** Unit tests run beside each other; whole journeys play audio in real time, so they run alone, afterwards. */
export default defineConfig({
  test: {
    // Many tests wait for processes and disks; by default a machine of two cores would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['tests/**/*.test.ts'],
          exclude: alone,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: alone,
          fileParallelism: false,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

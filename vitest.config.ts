import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/fixtures/**', '**/dist/**']
/** Rooms that keep no state in their modules: their test files may share a process, which saves loading everything again. */
const shared = ['core', 'scenario-file', 'report', 'contracts', 'engine', 'aws', 'notify'].map(
  (room) => `packages/${room}/src/**/*.test.ts`,
)

export default defineConfig({
  test: {
    // One more than the cores of the smallest machine that is meant: many tests wait for processes of their own.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: shared, exclude, isolate: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: [
            'setup/*.test.ts',
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
          ],
          exclude: [...exclude, ...shared, 'apps/bench/test/**'],
          globalSetup: ['packages/local/src/vitest-global-setup.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Whole sandboxes measure time: one after another, when nothing else runs.
          name: 'end to end',
          include: ['apps/bench/test/**/*.test.ts'],
          globalSetup: ['apps/bench/test/prepare-once.ts'],
          exclude,
          fileParallelism: false,
          maxConcurrency: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

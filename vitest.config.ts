import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/fixtures/**', '**/dist/**']

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
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
          exclude: [...exclude, 'apps/bench/test/**'],
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
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

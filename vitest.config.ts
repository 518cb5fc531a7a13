import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'setup/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/fixtures/**', '**/dist/**'],
    globalSetup: ['packages/local/src/vitest-global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})

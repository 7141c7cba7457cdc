import { defineConfig } from 'vitest/config';

// The ground-truth table: `npm run connections`. Not part of `npm test` while rows of it fail.
export default defineConfig({
  test: {
    include: ['test/connections/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    root: new URL('../..', import.meta.url).pathname,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});

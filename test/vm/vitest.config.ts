import { defineConfig } from 'vitest/config';

// The VM's own tests: `vitest run --config test/vm/vitest.config.ts`, not part of `npm test`.
export default defineConfig({
  test: {
    include: ['test/vm/vm.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    testTimeout: 300_000,
  },
});

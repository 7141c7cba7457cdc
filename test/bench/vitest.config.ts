import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/bench/*.bench.ts'],
    globalSetup: ['test/bench/announce-machine.ts'],
    setupFiles: ['test/setup-file.ts'],
    // Side by side within a file, and one file after the other.
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
  },
});

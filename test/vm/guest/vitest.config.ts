import { configDefaults, defineConfig } from 'vitest/config';

// In the VM alone: some of its tests capture every process.
if (process.env.VM_KERNEL === undefined) throw new Error('runs in the VM: npm run test:vm -- 6.1');

/** Software emulation is ten to twenty times slower than the host, and the host may be busy. */
const PATIENCE = 10;

/** It judges whatever another test does meanwhile. */
const ALONE = 'test/vm/guest/system-wide.test.ts';

export default defineConfig({
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: [
            'test/kernel/**/*.test.ts',
            'test/connections/**/*.test.ts',
            'test/vm/guest/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ALONE],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [ALONE],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    setupFiles: ['test/setup-file.ts'],
    isolate: false,
    // As on the machine itself: see vitest.config.ts.
    retry: 1,
    // dist/ was built before the VM booted.
    env: { PATIENCE: `${PATIENCE}` },
    testTimeout: 60_000 * PATIENCE,
    hookTimeout: 60_000 * PATIENCE,
    expect: { poll: { timeout: 180_000 } },
  },
});

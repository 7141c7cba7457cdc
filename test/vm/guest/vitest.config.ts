import { defineConfig } from 'vitest/config';

// In the VM alone: one of its tests captures every process.
if (process.env.VM_KERNEL === undefined) throw new Error('runs in the VM: npm run test:vm -- 6.1');

/** Software emulation is ten to twenty times slower than the host, and the host may be busy. */
const PATIENCE = 10;

export default defineConfig({
  test: {
    include: [
      'test/kernel/**/*.test.ts',
      'test/connections/**/*.test.ts',
      'test/vm/guest/*.test.ts',
    ],
    root: new URL('../../..', import.meta.url).pathname,
    // dist/ was built before the VM booted.
    env: { PATIENCE: `${PATIENCE}` },
    testTimeout: 60_000 * PATIENCE,
    hookTimeout: 60_000 * PATIENCE,
    expect: { poll: { timeout: 180_000 } },
  },
});

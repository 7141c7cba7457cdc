import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // npm run test:vm, and the tests of the VM itself, which take minutes
    exclude: [...configDefaults.exclude, 'test/vm/guest/**', 'test/vm/vm.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup-file.ts'],
    // A process of its own for each file would take half a second of CPU.
    isolate: false,
    // Tests wait for other programs: two workers would leave a core idle.
    maxWorkers: 3,
    // Real programs race with whatever else the machine does. What passes at the second try only is
    // shown as such; where one wrong answer is one too many, tests set it to 0.
    retry: process.env.CI ? 1 : 0,
    // A log has to say which of two lists' entries is missing.
    chaiConfig: { truncateThreshold: 1000 },
    // Programs, kernels and tshark are slower than functions, on two busy cores even more.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

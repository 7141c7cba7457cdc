import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // npm run test:vm
    exclude: [
      ...configDefaults.exclude,
      'test/vm/**',
      // They capture all processes: only in the VM.
      ...(process.env.VM_KERNEL ? [] : ['**/*.vm.test.ts']),
    ],
    globalSetup: ['test/global-setup.ts'],
    // Programs, kernels and tshark are slower than functions, on two busy cores even more.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

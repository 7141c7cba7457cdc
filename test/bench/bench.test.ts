import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../kernel/program.ts';

const ROOT = join(import.meta.dirname, '../..');

it('measures each part of the bench, on a small scale', { timeout: 180_000 }, async () => {
  execFileSync('sh', [join(ROOT, 'native/setup.sh'), '--packages', 'h2load=nghttp2-client']);
  const words = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/bench/vitest.config.ts',
  ];
  const { code, stdout, stderr } = await run(process.execPath, words, {
    cwd: ROOT,
    env: { BENCH_TRIAL: '1' },
    timeoutMs: 150_000,
  });
  const printed = stdout.toString();
  expect(code, printed + stderr).toBe(0);
  expect([...printed.matchAll(/^### (.*)$/gm)].map(([, title]) => title).sort()).toEqual([
    'Cost of a call',
    'Export',
    'Latency',
    'Memory',
    'Start',
    'nginx and h2load',
    'node https and h2load',
  ]);
});

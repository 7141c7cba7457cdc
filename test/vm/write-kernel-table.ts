// npm run kernels [-- --check]: writes README's table of kernels from the results of their tests,
// or fails if it says something else than they do.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKernelRun } from './kernel-run.ts';
import { formatKernelTable, ROWS, replaceKernelTable, withoutVersions } from './kernel-table.ts';

const README = join(import.meta.dirname, '../../README.md');

const text = readFileSync(README, 'utf8');
try {
  const table = formatKernelTable(ROWS.map((row) => ({ ...row, ...readKernelRun(row.run) })));
  const next = replaceKernelTable(text, table);
  console.log(table);
  if (!process.argv.includes('--check')) {
    writeFileSync(README, next);
  } else if (withoutVersions(next) !== withoutVersions(text)) {
    throw new Error('README.md says something else: npm run kernels');
  }
} catch (error) {
  console.error(`kernels: ${(error as Error).message}`);
  process.exitCode = 1;
}

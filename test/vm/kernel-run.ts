import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { KernelReport } from '../kernel/kernel-report.ts';

const PROJECT = join(import.meta.dirname, '../..');
const RESULTS = join(import.meta.dirname, 'results');

/** A run of the capture tests on a kernel, by what it left in a folder of test/vm/results. */
export interface KernelRun extends KernelReport {
  /** Files of tests that passed, from the project's folder on. */
  passed: string[];
}

/** What we read of vitest's JSON report, which is jest's. */
interface VitestReport {
  success: boolean;
  testResults: {
    name: string;
    assertionResults: { status: string }[];
  }[];
}

/** @throws Error that says what is missing, or that the tests did not pass */
export function readKernelRun(name: string, results = RESULTS): KernelRun {
  const report = readJson<KernelReport>(results, name, 'kernel.json');
  const { success, testResults } = readJson<VitestReport>(results, name, 'vitest.json');
  if (!success) throw new Error(`${name}: the tests failed: the table would say what is not so`);
  const passed = testResults
    .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'passed'))
    .map(({ name: file }) => relative(PROJECT, file).split(sep).join('/'));
  return { ...report, passed };
}

function readJson<Content>(results: string, name: string, file: string): Content {
  try {
    return JSON.parse(readFileSync(join(results, name, file), 'utf8'));
  } catch (error) {
    throw new Error(`${name}: no results of its tests: ${(error as Error).message}`);
  }
}

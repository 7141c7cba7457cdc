import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../kernel/certificate.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { Bench } from './bench.ts';
import { CASES } from './cases.ts';
import { type CaseResult, formatMatrix } from './matrix.ts';
import { PARTIAL_CASES } from './partial-cases.ts';

const folder = temporaryFolder();
const SETUP = join(import.meta.dirname, '../../native/setup.sh');
/** What only these cases call. */
const PACKAGES = ['nghttp=nghttp2-client', 'nghttpd=nghttp2-server'];

describe('the capture says the same as the wire', () => {
  const results: CaseResult[] = [];
  let bench: Bench;

  beforeAll(() => {
    execFileSync('sh', [SETUP, '--packages', ...PACKAGES]);
    bench = new Bench(folder, makeCertificate(folder));
  }, 240_000);

  afterAll(() => {
    process.stdout.write(`\n${formatMatrix(results)}\n\n`);
  });

  for (const { name, requests, captured = requests, run } of [...CASES, ...PARTIAL_CASES])
    it(name, async () => {
      const verdict = await run(bench);
      results.push({ name, requests, ...verdict });
      expect(verdict.differences).toEqual([]);
      expect(verdict.seenByKeys).toBe(requests);
      if (captured === 'some') expect(verdict.seenByPlaincap).toBeGreaterThan(0);
      else expect(verdict.seenByPlaincap).toBe(captured);
    }, 180_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterFile } from './after-file.ts';

/** A folder of the test file's own, gone after its last test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plaincap-test-'));
  afterFile(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A path below `folder` where nothing is yet, as when a test is tried again. */
export function freshPath(folder: string, name: string): string {
  return join(mkdtempSync(join(folder, 'fresh-')), name);
}

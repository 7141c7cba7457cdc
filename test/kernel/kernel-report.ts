import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What was found out about the running kernel. */
export interface KernelReport {
  /** `uname -r`. */
  release: string;
  /** Why plaincap refuses to capture; without it captures work. */
  refusal?: string;
  /** How connections are learned. */
  connectionSource?: string;
  /** Whether a library's probes are attached by one link, not each by its own. */
  uprobeMulti?: boolean;
}

/** Leaves it in the file that $KERNEL_REPORT names, for README's table; else nowhere. */
export function writeKernelReport(report: KernelReport): void {
  const file = process.env.KERNEL_REPORT;
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

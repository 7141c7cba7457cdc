import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterFile } from '../after-file.ts';
import { type Ended, run, succeed } from '../kernel/program.ts';

/** The suites that suite.sh knows. */
export type SuiteName = 'bullseye' | 'bookworm' | 'trixie' | 'sid';

/** On a fresh machine, with a slow mirror. */
const UNPACK_MS = 400_000;

const SCRIPT = join(import.meta.dirname, 'suite.sh');

/** Programs of a Debian suite, whichever this machine has. */
export class Suite {
  /** Its root folder. */
  readonly root: string;
  /** A folder of the test file's own, gone after its last test. */
  readonly #folder: string;

  private constructor(root: string) {
    this.root = root;
    this.#folder = mkdtempSync(join(root, 'tmp', 'plaincap-'));
    afterFile(() => rmSync(this.#folder, { recursive: true }));
  }

  /** Gets the suite, if it is not there yet. Rejects if it cannot be had. */
  static async get(name: SuiteName): Promise<Suite> {
    const root = await succeed('sh', [SCRIPT, name], { timeoutMs: UNPACK_MS });
    return new Suite(root.toString().trim());
  }

  /** Makes a file one that its programs can read; returns its path for them. */
  take(path: string): string {
    copyFileSync(path, join(this.#folder, basename(path)));
    return `/tmp/${basename(this.#folder)}/${basename(path)}`;
  }

  /** Where a file is that its programs know by this path. */
  outside(path: string): string {
    return join(this.root, path);
  }

  run(command: string, ...args: string[]): Promise<Ended> {
    return run('chroot', [this.root, command, ...args], { env: { HOME: '/tmp' } });
  }

  /** The stdout of a program. Rejects if it fails, or says anything that is not as it should be. */
  async judge(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...args);
    const complaints = stderr.split('\n').filter((line) => !HARMLESS.test(line));
    if (code !== 0 || complaints.length > 0) {
      throw new Error(`${command}: exit code ${code}: ${complaints.join('\n')}`);
    }
    return stdout.toString();
  }
}

/**
 * Of users that the folder does not know, and of network interfaces that it has not. scapy wants a
 * line feed in every comment.
 */
const HARMLESS = RegExp(
  [
    ...['^$', '^Running as user', 'GLib-WARNING .*unknown user', "^CRITICAL: Can't open /proc"],
    '^WARNING: (more )?PcapNg: invalid comment option',
  ].join('|'),
);

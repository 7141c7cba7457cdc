import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '../kernel/program.ts';
import type { Measured } from './comparison.ts';

/** It says nothing when its probes are there. */
const ATTACHED_MS = 1500;

/** eunomia-bpf's sslsniff, where SSLSNIFF says that it was built (docs/benchmarks.md). */
export class Sslsniff {
  static readonly path = process.env.SSLSNIFF;
  readonly #folder: string;

  /** @param library the only one that it shall find: it asks ldconfig. */
  constructor(parent: string, library: string) {
    this.#folder = join(parent, 'sslsniff');
    mkdirSync(this.#folder);
    const ldconfig = join(this.#folder, 'ldconfig');
    writeFileSync(ldconfig, `#!/bin/sh\necho 'libssl.so.3 => ${library}'\n`);
    chmodSync(ldconfig, 0o755);
  }

  /** Sniffs into a file while `during` runs, and notes what it says it lost. */
  async attached(during: () => Promise<Measured>): Promise<Measured> {
    const [output, errors] = ['output', 'errors'].map((name) => join(this.#folder, name)) as [
      string,
      string,
    ];
    const words = ['-c', 'exec "$0" -g -n >"$1" 2>"$2"', `${Sslsniff.path}`, output, errors];
    const env = { PATH: `${this.#folder}:${process.env.PATH}` };
    const program = new Program('sh', words, { env, timeoutMs: 120_000 });
    try {
      if (await Promise.race([delay(ATTACHED_MS), program.ended])) {
        throw new Error(`sslsniff ended: ${readFileSync(errors, 'utf8').slice(-2000)}`);
      }
      const { value, note } = await during();
      const lost = [...readFileSync(errors, 'utf8').matchAll(/lost (\d+) events/g)];
      const events = lost.reduce((sum, [, count]) => sum + Number(count), 0);
      return { value, note: [note, `${events} events lost`].filter(Boolean).join('; ') };
    } finally {
      program.kill('SIGINT');
      await program.ended;
      rmSync(output, { force: true });
    }
  }
}

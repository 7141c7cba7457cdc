import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '../kernel/program.ts';
import type { Measured } from './comparison.ts';

/** It does not say when its probes are there; so long none has come after the last. */
const QUIET_MS = 1000;

/** bcc's, or eunomia-bpf's, where SSLSNIFF says that it is (docs/benchmarks.md). */
export class Sslsniff {
  static readonly path = process.env.SSLSNIFF;
  readonly #folder: string;
  readonly #flags: readonly string[];

  /** @param library the only one that it shall probe */
  constructor(parent: string, library: string) {
    this.#folder = join(parent, 'sslsniff');
    mkdirSync(this.#folder);
    const ofBcc = ['--no-openssl', '--extra-lib', `openssl:${library}`];
    const isBcc = basename(`${Sslsniff.path}`) === 'sslsniff-bpfcc';
    this.#flags = ['--no-gnutls', '--no-nss', ...(isBcc ? ofBcc : [])];
    // eunomia-bpf's asks it.
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
    const words = ['-c', 'out=$0; err=$1; shift; exec "$@" >"$out" 2>"$err"', output, errors];
    const env = { PATH: `${this.#folder}:${process.env.PATH}` };
    const program = new Program('sh', [...words, `${Sslsniff.path}`, ...this.#flags], {
      env,
      timeoutMs: 600_000,
    });
    try {
      if (await Promise.race([untilAttached(program.pid), program.ended])) {
        throw new Error(`sslsniff ended: ${readFileSync(errors, 'utf8').slice(-2000)}`);
      }
      const { value, note } = await during();
      const lost = [...readFileSync(errors, 'utf8').matchAll(/lost (\d+) (?:events|samples)/g)];
      const events = lost.reduce((sum, [, count]) => sum + Number(count), 0);
      return { value, note: [note, `${events} events lost`].filter(Boolean).join('; ') };
    } finally {
      // bcc's can lose a SIGINT that comes while it prints.
      program.kill('SIGTERM');
      await program.ended;
      rmSync(output, { force: true });
    }
  }
}

/** Waits until a process that opens perf events, as probes and their rings are, opens no more. */
async function untilAttached(pid: number): Promise<void> {
  let events = 0;
  while (true) {
    const folder = `/proc/${pid}/fd`;
    const opened = readdirSync(folder).filter((fd) => isPerfEvent(`${folder}/${fd}`)).length;
    if (opened > 0 && opened === events) return;
    events = opened;
    await delay(QUIET_MS);
  }
}

function isPerfEvent(path: string): boolean {
  try {
    return readlinkSync(path) === 'anon_inode:[perf_event]';
  } catch {
    return false; // It was closed meanwhile.
  }
}

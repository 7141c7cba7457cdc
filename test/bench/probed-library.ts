import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadAddon } from '../../src/native/addon.ts';
import { Program } from '../kernel/program.ts';

const HERE = import.meta.dirname;
const DEPS = join(HERE, '../../native/deps');

/** A copy of OpenSSL's libraries that only programs load which are told to. */
export class PrivateOpenssl {
  readonly env: Record<string, string>;
  readonly path: string;

  constructor(parent: string) {
    const folder = join(parent, 'openssl');
    mkdirSync(folder);
    const installed = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
    this.path = join(folder, 'libssl.so.3');
    copyFileSync(installed.trim(), this.path);
    copyFileSync(
      installed.trim().replace('ssl', 'crypto'),
      this.path.replace('libssl', 'libcrypto'),
    );
    this.env = { LD_LIBRARY_PATH: folder };
  }

  /** Where SSL_read and SSL_write begin, and where plaincap probes for them. */
  offsets(): { entries: number[]; planned: number[] } {
    const addon = loadAddon();
    const symbols = addon
      .readSymbols(this.path, addon.functionNames)
      .symbols.filter(({ name }) => name === 'SSL_read' || name === 'SSL_write');
    return {
      entries: symbols.map(({ offset }) => offset),
      planned: symbols.map(({ offset, probedAt = offset }) => probedAt),
    };
  }
}

/** Empty probes: what those of any program cost at least. */
export class Floor {
  readonly #program: string;
  readonly #object: string;

  constructor(folder: string) {
    this.#program = join(folder, 'floor');
    this.#object = join(folder, 'floor.bpf.o');
    const libraries = ['bpf', 'elf', 'z'].map((name) => join(DEPS, `lib/lib${name}.a`));
    const include = ['-I', join(DEPS, 'include')];
    const bpf = ['-target', 'bpf', '-O2', '-g', '-idirafter', '/usr/include/x86_64-linux-gnu'];
    const run = (command: string, args: string[]) =>
      execFileSync(command, args, { stdio: 'pipe', cwd: HERE });
    run('clang', [...bpf, ...include, '-c', 'floor.bpf.c', '-o', this.#object]);
    run('gcc', ['-O2', ...include, '-o', this.#program, 'floor.c', ...libraries]);
  }

  /** Probes instructions of a file while `during` runs. */
  async attached<T>(
    path: string,
    offsets: readonly number[],
    during: () => Promise<T>,
  ): Promise<T> {
    const program = new Program(this.#program, [this.#object, path, ...offsets.map(String)], {
      typed: true,
    });
    await program.prints('attached');
    try {
      return await during();
    } finally {
      program.killAll();
      await program.ended;
    }
  }
}

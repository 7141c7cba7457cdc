import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Program } from '../kernel/program.ts';

const HERE = import.meta.dirname;
const DEPS = join(HERE, '../../native/deps');

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

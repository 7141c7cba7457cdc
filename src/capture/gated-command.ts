import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Writable } from 'node:stream';
import { UserError } from '../user-error.ts';

/** How a shell reports a command that was not found (POSIX XCU 2.8.2). */
const EXIT_NOT_FOUND = 127;
const EXIT_SIGNAL_BASE = 128;

/** Waits for a line on descriptor 3, then becomes the command: same pid, same standard streams. */
const GATE = 'read -r line <&3; exec 3<&-; exec "$@"';

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The file that a shell would run. Throws a UserError (exit code 127) if there is none. */
export function resolveCommand(name: string): string {
  if (name.includes('/')) {
    if (isExecutableFile(name)) return name;
  } else {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder || '.', name);
      if (isExecutableFile(path)) return path;
    }
  }
  throw new UserError(`${name}: command not found`, EXIT_NOT_FOUND);
}

/** A command that has its process id before its first instruction runs. */
export class GatedCommand {
  readonly pid: number;
  /** Its exit code; 128 + n if signal n ended it, as shells say it. */
  readonly exitCode: Promise<number>;
  readonly #child: ChildProcess;

  constructor(command: readonly string[]) {
    this.#child = spawn('/bin/sh', ['-c', GATE, 'sh', ...command], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
    this.exitCode = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        resolve(code ?? EXIT_SIGNAL_BASE + (signal ? osConstants.signals[signal] : 0));
      });
    });
    if (this.#child.pid === undefined) throw new UserError('cannot start a process');
    this.pid = this.#child.pid;
  }

  /** Lets it run. */
  open(): void {
    const gate = this.#child.stdio[3] as Writable;
    // It may have been killed while it waited; its exit code tells.
    gate.on('error', () => {});
    gate.end('\n');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

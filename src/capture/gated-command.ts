import { type ChildProcess, spawn } from 'node:child_process';
import { constants as osConstants, setPriority } from 'node:os';
import type { Writable } from 'node:stream';
import { UserError } from '../user-error.ts';

/** What shells add to the number of the signal that ended a command. */
const EXIT_SIGNAL_BASE = 128;

/**
 * Waits for a line on descriptor 3, then becomes the command: same pid.
 * Without a line, because plaincap ended, it ends too.
 */
const GATE = 'read -r line <&3 || exit 125; exec 3<&-; exec "$@"';

/** A command that has its process id before its first instruction runs. */
export class GatedCommand {
  readonly pid: number;
  /** Its exit code; 128 + n if signal n ended it, as shells say it. */
  readonly exitCode: Promise<number>;
  readonly #child: ChildProcess;

  /**
   * @param stdout descriptor that becomes its standard output
   * @param priority it gets this one, as `os.setPriority` has it, not ours
   */
  constructor(command: readonly string[], stdout: number, priority: number) {
    this.#child = spawn('/bin/sh', ['-c', GATE, 'sh', ...command], {
      stdio: ['inherit', stdout, 'inherit', 'pipe'],
    });
    this.exitCode = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        resolve(code ?? EXIT_SIGNAL_BASE + (signal ? osConstants.signals[signal] : 0));
      });
    });
    if (this.#child.pid === undefined) throw new UserError('cannot start a process');
    this.pid = this.#child.pid;
    setPriority(this.pid, priority);
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

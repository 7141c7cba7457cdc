import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** No program of a sample runs longer. */
const LIMIT_MS = 60_000;

/** A program that was started, with its lines on stdout and stderr. */
export class Program {
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly #command: readonly string[];
  readonly #child: ChildProcess;
  readonly #stdout: Interface;
  readonly #stderr: Interface;

  constructor(command: readonly string[], environment: Record<string, string> = {}) {
    const [file = '', ...args] = command;
    const env = { ...process.env, ...environment };
    this.#command = command;
    this.#child = spawn(file, args, { env, timeout: LIMIT_MS });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('its output is no pipe');
    this.exit = once(this.#child, 'exit').then(([code, signal]) => code ?? signal);
    this.#stdout = createInterface(stdout);
    this.#stderr = createInterface(stderr);
    this.#stderr.on('line', (line) => console.error(`  ${line}`));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves at its next line on stdout. Rejects if it ends without. */
  async line(): Promise<void> {
    await this.#next(this.#stdout);
  }

  /** Resolves at its next line on stderr. Rejects if it ends without. */
  async complaint(): Promise<void> {
    await this.#next(this.#stderr);
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. Rejects if it has another exit code. */
  async requireExit(expected: number): Promise<void> {
    const exit = await this.exit;
    if (exit !== expected) throw new Error(`${this.#command.join(' ')}: exit ${exit}`);
  }

  async #next(lines: Interface): Promise<void> {
    const ended = this.exit.then((exit) => {
      throw new Error(`${this.#command.join(' ')}: exit ${exit} without a line`);
    });
    await Promise.race([once(lines, 'line'), ended]);
  }
}

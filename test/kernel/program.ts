import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterFile } from '../after-file.ts';

/** How many times longer than on a machine of its own a program may take. */
const PATIENCE = Number(process.env.PATIENCE ?? 1);

export interface ProgramOptions {
  /** Added to our own environment; undefined takes a variable out of it. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** All that its stdin gives. Without it stdin is empty. */
  input?: Uint8Array | string;
  /** Its stdin stays open, for `type`. */
  typed?: boolean;
  /** It is killed after so long, times our patience, and what waits for it fails. */
  timeoutMs?: number;
}

export interface Ended {
  /** As shells say it: 128 + n if signal n ended it. */
  code: number;
  stdout: Buffer;
  stderr: string;
}

const running = new Set<Program>();

function killRunning(): void {
  for (const program of running) program.killAll();
}

/**
 * A program that leads a session of its own. When it ends, what is left of its process group is
 * killed; none outlives the test file.
 */
export class Program {
  readonly pid: number;
  /** Rejects if it cannot be started or takes too long. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  #stderr = '';

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    const { env, cwd, input, typed = false, timeoutMs = 30_000 } = options;
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [typed || input !== undefined ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.pid = this.#child.pid ?? 0;
    running.add(this);
    afterFile(killRunning);
    this.ended = this.#wait(timeoutMs * PATIENCE);
    this.ended.catch(() => {}); // Whoever awaits it is told.
    // A program that does not read all of it is no failure of ours.
    this.#child.stdin?.on('error', () => {});
    if (input !== undefined) this.#child.stdin?.end(input);
  }

  /** Resolves when its stderr holds the text; rejects if it ends without. */
  says(text: string): Promise<void> {
    return this.#hold(text, () => this.#stderr);
  }

  /** The same for its stdout. */
  prints(text: string): Promise<void> {
    return this.#hold(text, () => this.stdout);
  }

  /** What it printed so far. */
  get stdout(): string {
    return Buffer.concat(this.#stdout).toString();
  }

  /** And to stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Writes to its stdin, which stays open. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends at once what runs in its process group. */
  killAll(): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  async #hold(text: string, output: () => string): Promise<void> {
    while (!output().includes(text)) {
      if (!running.has(this)) {
        throw new Error(`${this.#name} ended without "${text}"; stderr: ${this.#stderr}`);
      }
      await delay(5);
    }
  }

  async #wait(timeoutMs: number): Promise<Ended> {
    let tookTooLong = false;
    const timer = setTimeout(() => {
      tookTooLong = true;
      this.killAll();
    }, timeoutMs);
    this.#child.stdout?.on('data', (bytes: Buffer) => this.#stdout.push(bytes));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#child.once('exit', () => this.killAll());
    try {
      const [code, signal] = await once(this.#child, 'close');
      if (tookTooLong) throw new Error(`${this.#name} took too long; stderr: ${this.#stderr}`);
      return {
        code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
        stdout: Buffer.concat(this.#stdout),
        stderr: this.#stderr,
      };
    } finally {
      clearTimeout(timer);
      running.delete(this);
    }
  }
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Ended> {
  return new Program(command, args, options).ended;
}

/** Its stdout. Rejects if it ends with another code than 0. */
export async function succeed(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Buffer> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')} ended with code ${code}: ${stderr}`);
}

import type { ProcessEvent } from '../event.ts';

/** A process of which events tell. */
export interface Process {
  readonly pid: number;
  comm: string;
  exe: string;
  /** Undefined until its first packet, and again after an exec that changed `comm` or `exe`. */
  interfaceId: number | undefined;
}

/** The processes by pid. They stay, as events do not tell of their end, and few have sessions. */
export class ProcessTable {
  readonly #processes = new Map<number, Process>();

  tell({ pid, comm, exe }: ProcessEvent): void {
    const known = this.#processes.get(pid);
    if (known === undefined) {
      this.#processes.set(pid, { pid, comm, exe, interfaceId: undefined });
    } else if (known.comm !== comm || known.exe !== exe) {
      Object.assign(known, { comm, exe, interfaceId: undefined });
    }
  }

  /** @throws Error for a pid of which no event told. */
  get(pid: number): Process {
    const process = this.#processes.get(pid);
    if (process === undefined) throw new Error(`no event told of process ${pid}`);
    return process;
  }
}

/** As a person tells processes apart: `curl (4711)`. */
export function nameOf({ comm, pid }: Process): string {
  return `${comm} (${pid})`;
}

import type { ProcessEvent } from '../event.ts';
import { type Idle, IdleOrder, noPlace } from './idle-order.ts';

/** A process of which events tell. */
export interface Process extends Idle<Process> {
  readonly pid: number;
  comm: string;
  exe: string;
  /** Undefined until its first packet, and again after an exec that changed `comm` or `exe`. */
  interfaceId: number | undefined;
}

/** The processes by pid. As events do not tell of their end, those used last stay. */
export class ProcessTable {
  readonly #processes = new Map<number, Process>();
  readonly #order = new IdleOrder<Process>();
  readonly #limit: number;
  #hasForgotten = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  tell({ pid, comm, exe }: ProcessEvent): void {
    const known = this.#processes.get(pid);
    if (known === undefined) {
      this.#add({ pid, comm, exe, interfaceId: undefined, place: noPlace() });
    } else if (known.comm !== comm || known.exe !== exe) {
      Object.assign(known, { comm, exe, interfaceId: undefined });
    }
  }

  /**
   * The process of a pid; one without a name if it was forgotten.
   *
   * @throws Error for a pid of which no event told.
   */
  get(pid: number): Process {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      if (!this.#hasForgotten) throw new Error(`no event told of process ${pid}`);
      process = { pid, comm: '', exe: '', interfaceId: undefined, place: noPlace() };
      this.#add(process);
    }
    this.#order.use(process);
    return process;
  }

  #add(process: Process): void {
    this.#processes.set(process.pid, process);
    this.#order.use(process);
    const { first, size } = this.#order;
    if (first === undefined || size <= this.#limit) return;
    this.#order.delete(first);
    this.#processes.delete(first.pid);
    this.#hasForgotten = true;
  }
}

/** As a person tells processes apart: `curl (4711)`. */
export function nameOf({ comm, pid }: Pick<Process, 'comm' | 'pid'>): string {
  return `${comm || 'process'} (${pid})`;
}

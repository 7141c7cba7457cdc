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

/**
 * The processes by pid. As events do not tell of their end, those used last stay; of the others only
 * the interface that the file has for each.
 */
export class ProcessTable {
  readonly #processes = new Map<number, Process>();
  readonly #order = new IdleOrder<Process>();
  readonly #limit: number;
  readonly #forgottenInterfaces = new Map<number, number | undefined>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  tell({ pid, comm, exe }: ProcessEvent): void {
    const known = this.#processes.get(pid);
    if (known === undefined) {
      this.#forgottenInterfaces.delete(pid);
      this.#add({ pid, comm, exe, interfaceId: undefined, place: noPlace() });
    } else if (known.comm !== comm || known.exe !== exe) {
      Object.assign(known, { comm, exe, interfaceId: undefined });
    }
  }

  /**
   * The process of a pid; without its name if that was forgotten.
   *
   * @throws Error for a pid of which no event told.
   */
  get(pid: number): Process {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      process = this.#remember(pid);
      this.#add(process);
    }
    this.#order.use(process);
    return process;
  }

  #remember(pid: number): Process {
    if (!this.#forgottenInterfaces.has(pid)) throw new Error(`no event told of process ${pid}`);
    const interfaceId = this.#forgottenInterfaces.get(pid);
    this.#forgottenInterfaces.delete(pid);
    return { pid, comm: '', exe: '', interfaceId, place: noPlace() };
  }

  #add(process: Process): void {
    this.#processes.set(process.pid, process);
    this.#order.use(process);
    const { first, size } = this.#order;
    if (first === undefined || size <= this.#limit) return;
    this.#order.delete(first);
    this.#processes.delete(first.pid);
    this.#forgottenInterfaces.set(first.pid, first.interfaceId);
  }
}

/** As a person tells processes apart: `curl (4711)`. */
export function nameOf({ comm, pid }: Pick<Process, 'comm' | 'pid'>): string {
  return `${comm || 'process'} (${pid})`;
}

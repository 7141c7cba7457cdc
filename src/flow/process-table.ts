import type { ProcessEvent, StatisticsEvent } from '../event.ts';
import type { PcapngSection } from '../pcap-writer/index.ts';

/** A process of which events tell, and its interface in the file. */
export interface Process {
  readonly pid: number;
  comm: string;
  exe: string;
  /** Undefined until its first packet, and again after an exec that changed `comm` or `exe`. */
  interfaceId: number | undefined;
}

/** The processes by pid. They stay, as events do not tell of their end, and few have sessions. */
export class ProcessTable {
  readonly #section: PcapngSection;
  readonly #processes = new Map<number, Process>();
  /** Gaps in the streams of each interface, by its id. */
  readonly #gaps: number[] = [];

  constructor(section: PcapngSection) {
    this.#section = section;
  }

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

  /**
   * The interface of the process's packets, added to the file when it is asked for first.
   *
   * @param library path of the library that the first packet came through, empty for none.
   */
  interfaceOf(process: Process, library: string): number {
    process.interfaceId ??= this.#addInterface(nameOf(process), describe(process, library));
    return process.interfaceId;
  }

  /** Counts a gap among what the process's interface lost. */
  countGap({ interfaceId }: Process): void {
    if (interfaceId !== undefined) this.#gaps[interfaceId] = (this.#gaps[interfaceId] ?? 0) + 1;
  }

  /**
   * Tells of every interface how many calls were lost: as many as its streams have gaps. Those of
   * which no gap tells are the only interface's, or else of an interface of their own.
   */
  writeStatistics({ ktimeNs, lost }: StatisticsEvent): void {
    const calls = lost.reduce((sum, count) => sum + count.calls, 0);
    const gaps = this.#gaps.reduce((sum, count) => sum + count, 0);
    if (calls > gaps) {
      const name = 'lost';
      const description = 'calls that were lost, it is not known in which process';
      const id = this.#gaps.length === 1 ? 0 : this.#addInterface(name, description);
      this.#gaps[id] = (this.#gaps[id] as number) + calls - gaps;
    }
    for (const [interfaceId, dropped] of this.#gaps.entries()) {
      this.#section.addStatistics(interfaceId, { startTimeNs: 0, endTimeNs: ktimeNs, dropped });
    }
  }

  #addInterface(name: string, description: string): number {
    this.#gaps.push(0);
    return this.#section.addInterface({ name, description });
  }
}

/** As a person tells processes apart: `curl (4711)`. */
export function nameOf({ comm, pid }: Process): string {
  return `${comm} (${pid})`;
}

function describe({ pid, comm, exe }: Process, library: string): string {
  const facts = [`pid ${pid}`, `comm ${comm}`];
  if (exe !== '') facts.push(`exe ${exe}`);
  if (library !== '') facts.push(`library ${library}`);
  return facts.join(', ');
}

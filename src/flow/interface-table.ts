import type { StatisticsEvent } from '../event.ts';
import type { PcapngSection, ProcessDescription } from '../pcap-writer/index.ts';
import { isCut } from '../snaplen.ts';
import { nameOf, type Process } from './process-table.ts';

/** The interfaces of the file: one a process, added just before its first packet. */
export class InterfaceTable {
  readonly #section: PcapngSection;
  /** How many gaps the streams of each interface have, by its id. */
  readonly #gaps: number[] = [];
  readonly #startNs: number;

  constructor(section: PcapngSection, startNs: number) {
    this.#section = section;
    this.#startNs = startNs;
  }

  /**
   * The interface of a process's packets.
   *
   * @param library path of the library that its first packet came through, empty for none.
   */
  idOf(process: Process, library: string): number {
    process.interfaceId ??= this.#addOf(process, library);
    return process.interfaceId;
  }

  countGap(interfaceId: number): void {
    this.#gaps[interfaceId] = (this.#gaps[interfaceId] as number) + 1;
  }

  /**
   * Says how many calls were lost on each interface: as many as its streams have gaps. Those of
   * which no gap tells are on the only interface, or else on one of their own. A file has one even
   * if nothing was captured, as libpcap reads none without.
   *
   * @param totals of what the file is of, if they are known.
   */
  end(totals: StatisticsEvent | undefined): void {
    if (this.#gaps.length === 0) this.#add('plaincap', 'nothing was captured');
    if (totals === undefined) return;
    const lost = totals.lost.filter((count) => !isCut(count));
    const calls = lost.reduce((sum, count) => sum + count.calls, 0);
    const untold = calls - this.#gaps.reduce((sum, gaps) => sum + gaps, 0);
    if (untold > 0) {
      const id = this.#gaps.length === 1 ? 0 : this.#add('lost', 'lost calls of any process');
      this.#gaps[id] = (this.#gaps[id] as number) + untold;
    }
    for (const [id, dropped] of this.#gaps.entries()) {
      this.#section.addStatistics(id, {
        startTimeNs: this.#startNs,
        endTimeNs: totals.ktimeNs,
        dropped,
      });
    }
  }

  #addOf(process: Process, library: string): number {
    const { pid, comm } = process;
    return this.#add(nameOf(process), describe(process, library), { pid, name: comm });
  }

  #add(name: string, description: string, process?: ProcessDescription): number {
    this.#gaps.push(0);
    return this.#section.addInterface({ name, description }, process);
  }
}

function describe({ pid, comm, exe }: Process, library: string): string {
  const facts = [`pid ${pid}`, `comm ${comm}`];
  if (exe !== '') facts.push(`exe ${exe}`);
  if (library !== '') facts.push(`library ${library}`);
  return facts.join(', ');
}

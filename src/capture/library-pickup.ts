import { closeSync, openSync, statSync } from 'node:fs';
import { type Addon, loadAddon, type NativeCapture, type NativeMapping } from '../native/addon.ts';
import type { ExaminedFiles } from '../targets/examined-files.ts';
import type { Library } from '../targets/library.ts';
import {
  listMappedFiles,
  listProcesses,
  mappedFile,
  type ProcessFile,
} from '../targets/mapped-files.ts';
import { systemErrorText } from '../user-error.ts';

/** Files of processes that are not held are looked at for so long before the event loop runs on. */
const SLICE_MS = 5;

type MappingSource = Pick<
  NativeCapture,
  'watchMappings' | 'takeMappings' | 'releaseThread' | 'forgetMapping' | 'isWatched'
>;

/** Is told of libraries that appear while a capture runs. */
export interface PickupReport {
  attached(library: Library): void;
  /** Of what is not captured, and why. */
  failed(text: string): void;
}

export interface PickupOptions extends PickupReport {
  /** Files that need not be looked at any more. */
  examined: ExaminedFiles;
  /** Probes a library; its path is valid only during the call. */
  attach(library: Library): void;
  /** Process that node started. */
  child: number | undefined;
}

/**
 * Attaches to TLS libraries that captured processes come to use while a capture runs: other
 * programs that they become, libraries that they load.
 *
 * Attaching takes the kernel 10 to 15 ms, in which a program can send its first request. So a
 * thread of the command that we started is held from the mapping of a new file until its probes are
 * there. Other processes are never held.
 */
export class LibraryPickup {
  readonly #addon: Addon = loadAddon();
  readonly #source: MappingSource;
  readonly #options: PickupOptions;
  readonly #failed = new Set<string>();
  /** Of processes that are not held. */
  #mappings: NativeMapping[] = [];
  /** Processes all of whose files are to be looked at. */
  #pids: number[] = [];
  #stopped = false;
  #scheduled = false;

  constructor(source: MappingSource, options: PickupOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** @param pids processes that may have mapped files before now */
  start(pids: readonly number[]): void {
    try {
      this.#source.watchMappings(this.#options.child ?? 0, () => this.#take());
    } catch (error) {
      this.#options.failed(
        `programs and libraries that appear later are not captured: ${firstLine(error)}`,
      );
    }
    this.#pids.push(...pids);
    this.#work();
  }

  stop(): void {
    this.#stopped = true;
  }

  #take(): void {
    const { mappings, missed } = this.#source.takeMappings();
    if (!this.#stopped) this.#pickUp(mappings);
    for (const { tid, held } of mappings) if (held) this.#source.releaseThread(tid);
    if (missed) {
      this.#pids.push(...listProcesses().filter((pid) => this.#source.isWatched(pid)));
    }
    this.#work();
  }

  /** At once where a thread is held; others wait for their turn. */
  #pickUp(mappings: readonly NativeMapping[]): void {
    const ofChild = mappings.filter(({ tid }) => tid === this.#options.child);
    if (ofChild.length > 0) this.#pickUpOfChild(ofChild);
    for (const mapping of mappings) {
      if (mapping.held) this.#pickUpMapping(mapping);
      else if (mapping.tid !== this.#options.child) this.#mappings.push(mapping);
    }
  }

  /** All at once: the event loop may not run on while the child is held. */
  #pickUpOfChild(mappings: readonly NativeMapping[]): void {
    const child = this.#options.child as number;
    const isHeld = this.#addon.holdChild(child);
    for (const mapping of mappings) this.#pickUpMapping(mapping);
    if (isHeld) this.#releaseChild(child);
  }

  #releaseChild(child: number): void {
    if (!this.#addon.releaseChild(child)) setTimeout(() => this.#releaseChild(child), 1);
  }

  /** Looks at some files that wait for it, and comes back for the rest. */
  #work(): void {
    if (this.#scheduled || this.#stopped) return;
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      const mapping = this.#mappings.shift();
      if (mapping) {
        this.#pickUpMapping(mapping);
        continue;
      }
      const pid = this.#pids.shift();
      if (pid === undefined) return;
      for (const file of listMappedFiles(pid)) this.#pickUpFile(file);
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#work();
    });
  }

  #pickUpMapping({ pid, name, inode, start, end, file }: NativeMapping): void {
    const range = `${start.toString(16)}-${end.toString(16)}`;
    const found = this.#pickUpFile(mappedFile({ pid, name, inode, range }));
    // The process ended before we looked; the next may not.
    if (!found) this.#source.forgetMapping(file);
  }

  /** False if the file cannot be opened any more. */
  #pickUpFile(file: ProcessFile): boolean {
    let fd: number;
    try {
      // To open a device can do something.
      if (!statSync(file.path).isFile()) return true;
      fd = openSync(file.path, 'r');
    } catch {
      return false;
    }
    try {
      // Symbols and probes are then of the same file, whatever becomes of its path.
      const opened = { ...file, path: `/proc/self/fd/${fd}` };
      for (const library of this.#options.examined.examine(opened)) this.#attach(library);
    } finally {
      closeSync(fd);
    }
    return true;
  }

  #attach(library: Library): void {
    try {
      this.#options.attach(library);
      this.#options.attached(library);
    } catch (error) {
      if (this.#failed.has(library.name)) return;
      this.#failed.add(library.name);
      this.#options.failed(`${library.name} appeared and is not captured: ${firstLine(error)}`);
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : systemErrorText(error)).split('\n', 1)[0] ?? '';
}

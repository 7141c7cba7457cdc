import { createRequire } from 'node:module';
import type { Event } from '../event.ts';
import { UserError } from '../user-error.ts';

/**
 * The native addon's contract. What it throws has libbpf's own words in its message: first line
 * what failed, then libbpf's log.
 */
export interface Addon {
  Capture: new (options: NativeCaptureOptions, wake: () => void) => NativeCapture;
  /** Probed functions; a column's `function` is an index into it. */
  functionNames: readonly string[];
  /** Of a longer call the rest is counted as lost. */
  callMaxBytes: number;
  /** Function symbols by these names in an ELF file, with the file offsets of their first bytes. */
  readSymbols(path: string, names: readonly string[]): ElfSymbols;
  /** One moment on CLOCK_REALTIME and CLOCK_BOOTTIME. */
  readClocks(): { epochNs: bigint; ktimeNs: bigint };
}

export interface NativeCaptureOptions {
  /** What `ktimeNs` of events is counted from. */
  startKtimeNs: bigint;
  /** Size of the kernel's ring buffer: a power of two, at least a page. */
  ringBytes: number;
  /** Capture every process; else those given to `watch`. */
  watchAll: boolean;
  /** Use kprobes where the kernel has them. */
  useKprobes: boolean;
  /** There may be sessions that are older than the capture. */
  oldSessions: boolean;
  /** Without them nothing is filtered. */
  filters?: NativeFilters | undefined;
}

/**
 * What is captured of the processes that are. Values of one kind are alternatives; kinds without
 * a value restrict nothing; all others must hold.
 */
export interface NativeFilters {
  /** At most 16. */
  comms: NativeCommPattern[];
  /** Files; what is told of them is looked up once. */
  executables: string[];
  /** Real user ids, at most 16. */
  uids: number[];
  /** Folders of cgroups v2, at most 16. */
  cgroups: string[];
  /** Of either end of a connection: a bit a port, the lowest first. */
  ports: Uint8Array | undefined;
  /** Of either end. */
  hosts: NativeHostPrefix[];
}

/** struct comm_pattern of bpf/filters.h. */
export interface NativeCommPattern {
  accepts: Uint32Array;
  repeats: number;
  end: number;
}

/** An IPv6 network, or an IPv4 one as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2). */
export interface NativeHostPrefix {
  /** 16 bytes in network order. */
  address: Uint8Array;
  /** Those that must be equal. */
  bits: number;
}

/** `wake` is called when records wait and the last call was `sleep`, or when the ring fills. */
export interface NativeCapture {
  /** Where openings and sockets are learned from. */
  readonly connectionSource: 'kprobe' | 'syscall';
  /** The same arrays all the time; filled by `drain` and `endSessions`. */
  readonly columns: Columns;
  watch(pid: number, withChildren: boolean): void;
  /** Probes functions of the file at `path`; `library` comes back in session events. */
  attach(path: string, library: string, points: { function: number; offset: number }[]): void;
  /** Moves records from the ring into the columns. Returns the number of rows, 0 if none wait. */
  drain(): number;
  /** Asks for a wake-up by the next record. False if records wait already. */
  sleep(): boolean;
  /**
   * Seeks the sockets of sessions that are older than the capture also by what these read, if
   * `oldSessions` asked for that. It slows down every read.
   */
  seekOldSessions(): void;
  /** Ends that. */
  settle(): void;
  /** Calls that return from now on are neither told nor counted. */
  stop(): void;
  /** Rows of session-end events for all sessions that are left; again until it returns 0. */
  endSessions(): number;
  statistics(): Event;
  /** Detaches everything, which can take seconds on kernels before 6.6. */
  close(): void;
}

/** A row an event. Rows where `isData` is 0 are the next of `objects`. */
export interface Columns {
  isData: Uint8Array;
  ktimeNs: Float64Array;
  durationNs: Float64Array;
  session: Float64Array;
  position: Float64Array;
  callOffset: Float64Array;
  originalLength: Float64Array;
  pid: Uint32Array;
  tid: Uint32Array;
  payloadStart: Uint32Array;
  capturedLength: Uint32Array;
  direction: Uint8Array;
  function: Uint8Array;
  payload: Uint8Array;
  objects: Event[];
}

export interface ElfSymbols {
  /** Hexadecimal; empty when the file has none. */
  buildId: string;
  symbols: { name: string; offset: number }[];
}

const ADDON_PATH = '../../native/build/Release/plaincap.node';

let loaded: Addon | undefined;

/** Loads the addon once. Throws a UserError if it was not built. */
export function loadAddon(): Addon {
  try {
    loaded ??= createRequire(import.meta.url)(ADDON_PATH) as Addon;
    return loaded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new UserError('the native addon is not built; run: npm run build');
  }
}

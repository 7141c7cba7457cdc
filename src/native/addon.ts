import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Direction, Event, HandshakeEvent, StatisticsEvent } from '../event.ts';
import { OWN_FOLDER } from '../own-folder.ts';
import type { DecodeDataItems } from '../recording/data-run.ts';
import type { WriteUncached } from '../sink/uncached-write.ts';
import type { NativeFrameRepeater } from '../tcp/frame-repeater.ts';
import { UserError } from '../user-error.ts';

/**
 * The native addon's contract. What it throws has libbpf's own words in its message: first line
 * what failed, then libbpf's log.
 */
export interface Addon {
  Capture: new (options: NativeCaptureOptions, wake: () => void) => NativeCapture;
  /** Probed functions of libraries. */
  functionNames: readonly string[];
  /** System calls; a column's `function` is an index into `functionNames`, and then these. */
  socketCallNames: readonly string[];
  /** Of a longer call the rest is counted as lost. */
  callMaxBytes: number;
  /** Function symbols by these names in an ELF file, and where their probes go, by file offsets. */
  readSymbols(path: string, names: readonly string[]): ElfSymbols;
  /** Whether an ELF file can call functions of other files by one of these names. */
  mentions(path: string, names: readonly string[]): boolean;
  /**
   * The main thread of a process that node started runs none of its program from now on. False if
   * the kernel refuses. To be released before the event loop runs on, which would take the stop of
   * its child for its end.
   */
  holdChild(pid: number): boolean;
  /** False if it must be called again, since the thread did not stop yet. */
  releaseChild(pid: number): boolean;
  /** Functions by these names of a program or library made by Go; undefined for other files. */
  readGoProgram(path: string, names: readonly string[]): GoProgram | undefined;
  readonly FrameRepeater: new () => NativeFrameRepeater;
  readonly decodeDataItems: DecodeDataItems;
  readonly writeUncached: WriteUncached;
  /** One moment on CLOCK_REALTIME and CLOCK_BOOTTIME. */
  readClocks(): { epochNs: bigint; ktimeNs: bigint };
}

export interface NativeCaptureOptions {
  /** What `ktimeNs` of events is counted from. */
  startKtimeNs: bigint;
  /** Size of the kernel's ring buffer: a power of two, at least a page. */
  ringBytes: number;
  /** Bytes that are captured of a call, at most `callMaxBytes`. */
  snaplen: number;
  /** Capture every process; else those given to `watch`. */
  watchAll: boolean;
  /** Use kprobes where the kernel has them. */
  useKprobes: boolean;
  /** There may be sessions that are older than the capture. */
  oldSessions: boolean;
  /** Capture plain sockets, too. */
  plain: boolean;
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

/**
 * How a process is captured: with those that it starts, `ours` if it descends from the command
 * that we started; or `alone`.
 */
export type NativeWatch = 'tree' | 'ours' | 'alone';

/** `wake` is called when records wait and the last call was `sleep`, or when the ring fills. */
export interface NativeCapture {
  /** Where openings and sockets are learned from. */
  readonly connectionSource: 'kprobe' | 'tracepoint' | 'syscall';
  /** While the machine is busy, the kernel leaves out system calls, and tells of none of them. */
  readonly skipsCalls: boolean;
  /** The same arrays all the time; filled by `drain` and `endSessions`. */
  readonly columns: Columns;
  /** The last `drain` filled the columns: more may wait. */
  readonly isBehind: boolean;
  watch(pid: number, how: NativeWatch): void;
  /** Does not capture this process, whatever else is. */
  exclude(pid: number): void;
  isWatched(pid: number): boolean;
  /**
   * Probes functions of the file at `path`; `library` comes back in session events.
   *
   * @param hasOldSessions the file may be in use already. It must then stay at its path.
   */
  attach(path: string, library: string, points: ProbePoint[], hasOldSessions: boolean): void;
  /**
   * Calls `wake` when `takeMappings` has news. Throws if the kernel does not tell of mappings.
   *
   * @param child the command that we started, 0 if there is none; its main thread is never held
   */
  watchMappings(child: number, wake: () => void): void;
  /** Files that captured processes mapped to execute them, each file once. */
  takeMappings(): {
    mappings: NativeMapping[];
    /** There were more, of which nothing is known. */
    missed: boolean;
  };
  /** Lets a thread run on that was held. */
  releaseThread(tid: number): void;
  /** The next mapping of this file is told of as well. */
  forgetMapping(file: string): void;
  /** Moves records from the ring into the columns. Returns the number of rows, 0 if none wait. */
  drain(): number;
  /** Asks for a wake-up by the next record. False if records wait already. */
  sleep(): boolean;
  /** Loads what `attach` loads with the first Go program. */
  loadGoPrograms(): void;
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
  statistics(): StatisticsEvent;
  /** Detaches everything, which can take seconds on kernels before 6.6. */
  close(): void;
}

export interface NativeMapping {
  pid: number;
  tid: number;
  /** Addresses. */
  start: bigint;
  end: bigint;
  inode: bigint;
  /** As the process sees it. */
  name: string;
  /** What tells the file from all others. */
  file: string;
  /** The thread is held until `releaseThread`, for a second at most. */
  held: boolean;
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
  objects: (Event | HandshakePart)[];
}

/** A piece of the first ClientHello or ServerHello that a session wrote or read. */
export interface HelloPart {
  kind: 'hello';
  ktimeNs: number;
  session: number;
  direction: Direction;
  /** Of the piece in the handshake message, or in the TLS record that holds it. */
  offset: number;
  bytes: Uint8Array;
}

/** A session completed its handshake. */
export interface HandshakeEndPart
  extends Pick<HandshakeEvent, 'ktimeNs' | 'durationNs' | 'session' | 'pid' | 'tid' | 'function'> {
  kind: 'handshake-end';
}

/** A session ends that has not completed its handshake. */
export interface HandshakeFailedPart extends Omit<HandshakeEndPart, 'kind'> {
  kind: 'handshake-failed';
}

/** The program asked for the application protocol of a session that has moved no data yet. */
export interface AlpnPart {
  kind: 'alpn';
  ktimeNs: number;
  session: number;
  /** ProtocolName (RFC 7301 section 3.1). */
  protocol: Uint8Array;
}

/** What is seen of a handshake, in its order. */
export type HandshakePart = HelloPart | HandshakeEndPart | HandshakeFailedPart | AlpnPart;

export interface ProbePoint {
  /** Index into `functionNames`. */
  function: number;
  /** Of an instruction in the file. */
  offset: number;
  /** It is a RET of a function that allows no return probe; else it is where a function begins. */
  isReturnInstruction: boolean;
  /** As in `ProbedSymbol`; 0 if the function itself is probed. */
  returnDistance: number;
}

/** A function, by offsets in its file. */
export interface ProbedSymbol {
  name: string;
  /** Of its first instruction; of a Go function, of the first that runs once a call. */
  offset: number;
  /** Of the instruction that is probed, if that is another: native/probe-plan.h says why. */
  probedAt?: number;
  /** `probedAt` is in a function that it shares with this one, under whose name it is probed. */
  probedAs?: string;
  /**
   * `probedAt` is in a shared function: bytes from there to where that returns if this function
   * called it. Calls by others are told as those of `SSL_read` and `SSL_write`.
   */
  returnDistance?: number;
  /** Of its RET instructions, where they are probed instead of its return. */
  returns?: number[];
}

export interface ElfSymbols {
  /** Hexadecimal; empty when the file has none. */
  buildId: string;
  symbols: ProbedSymbol[];
}

/** What can be told of a file made by Go, also when it is stripped. */
export interface GoProgram extends ElfSymbols {
  /** Such as `go1.19.8`; empty when the file does not tell. */
  version: string;
  /** It has no symbol table. */
  stripped: boolean;
  /** Why no function of it can be probed, though it has a function table: `it is ...`. */
  reason?: string;
}

const ADDON_PATH = join(OWN_FOLDER, 'native/build/Release/plaincap.node');

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

/** For what it only makes faster: undefined if it was not built, or not for this machine. */
export function loadUsableAddon(): Addon | undefined {
  try {
    return loadAddon();
  } catch {
    return undefined;
  }
}

import { hostname, machine, release, type } from 'node:os';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CaptureHeader,
  type DataEvent,
  type Event,
  type EventHandler,
  emptyDataEvent,
  type StatisticsEvent,
} from '../event.ts';
import {
  type Addon,
  type Columns,
  type HandshakePart,
  loadAddon,
  type NativeCapture,
  type NativeFilters,
  type ProbedSymbol,
  type ProbePoint,
} from '../native/addon.ts';
import type { Snaplen } from '../snaplen.ts';
import { isCut } from '../snaplen.ts';
import type { ExaminedFiles } from '../targets/examined-files.ts';
import type { Library } from '../targets/library.ts';
import { version } from '../version.ts';
import { ConnectionSelection, type LeftOut } from './connection-selection.ts';
import { HandshakeTable } from './handshake/handshake-table.ts';
import { LibraryPickup, type PickupReport } from './library-pickup.ts';
import { listProcessTree } from './process-tree.ts';

/**
 * While events come, the ring is read this often; the kernel wakes us earlier if it fills. A reading
 * and what it gives rise to takes more CPU than a hundred events.
 */
const READ_INTERVAL_MS = 10;
/** When no event came for so long, the kernel is asked to wake us. */
const IDLE_MS = 100;
/** A wake-up can be missed by a record that was under way when we fell asleep. */
const SLEEP_MAX_MS = 250;
/** Probes that run on other CPUs when the capture stops end their records within this time. */
const SETTLE_MS = 5;

export interface LiveCaptureOptions {
  ringBytes: number;
  /** Capture every process; else those given to `watch`. */
  watchAll: boolean;
  /** What is captured runs already, and may have connections. */
  oldSessions: boolean;
  /** Capture also what goes through sockets that carry no TLS. */
  plain: boolean;
  /** Processes may come to match the filters later, when they have connections. */
  lateSessions?: boolean;
  /** How often the ring is read while events come, in milliseconds. */
  readIntervalMs?: number;
  /** How long the sockets of old sessions are sought, from each sign of one on. */
  seekMs?: number;
  /** What is captured of each call, in bytes; undefined for all. */
  snaplen?: Snaplen;
  /** What is captured of them; without filters, everything. */
  filters?: NativeFilters;
}

/** By then, old sessions that do anything have told their socket. */
const SEEK_MS = 30_000;

/** Where events go, and what is told between batches. */
export interface LiveConsumer {
  handle: EventHandler;
  /**
   * Called after each reading of the ring, `idle` if it gave nothing. The next reading waits for
   * what it returns: meanwhile the ring buffers, and what does not fit there is counted.
   */
  afterBatch(idle: boolean): Promise<unknown> | undefined;
}

/** The events of running processes, by probes in the kernel. */
export class LiveCapture {
  readonly header: CaptureHeader;
  readonly #addon: Addon;
  readonly #native: NativeCapture;
  readonly #callNames: readonly string[];
  readonly #data = emptyDataEvent();
  readonly #handshakes = new HandshakeTable();
  readonly #seeking: NodeJS.Timeout | undefined;
  readonly #selectsConnections: boolean;
  readonly #readIntervalMs: number;
  #childPid: number | undefined;
  #pickup: LibraryPickup | undefined;
  #stopping = false;
  #wake: () => void = () => {};

  /** Loads the probes; nothing is captured before `attach`. Throws what the kernel refuses. */
  constructor(options: LiveCaptureOptions) {
    this.#addon = loadAddon();
    this.#callNames = [...this.#addon.functionNames, ...this.#addon.socketCallNames];
    const start = this.#addon.readClocks();
    const seeks = options.oldSessions || options.lateSessions === true;
    const { snaplen } = options;
    const native = { oldSessions: seeks, startKtimeNs: start.ktimeNs, useKprobes: true };
    this.#native = new this.#addon.Capture(
      { ...options, ...native, snaplen: snaplen ?? this.#addon.callMaxBytes },
      () => this.#wake(),
    );
    this.header = {
      plaincapVersion: version,
      hostname: hostname(),
      kernel: `${type()} ${release()} ${machine()}`,
      start,
      connectionSource: this.#native.connectionSource,
      ...(snaplen !== undefined && { snaplen }),
    };
    const { ports, hosts = [] } = options.filters ?? {};
    this.#readIntervalMs = options.readIntervalMs ?? READ_INTERVAL_MS;
    this.#selectsConnections = ports !== undefined || hosts.length > 0;
    if (options.oldSessions) this.#native.seekOldSessions();
    this.#seeking = seeks
      ? setTimeout(() => this.#native.settle(), options.seekMs ?? SEEK_MS).unref()
      : undefined;
    this.#data.payload = this.#native.columns.payload;
  }

  /** Captures a process, but none that it starts. */
  watchAlone(pid: number): void {
    this.#native.watch(pid, 'alone');
  }

  /** While the machine is busy, the kernel leaves out system calls, and tells of none of them. */
  get skipsCalls(): boolean {
    return this.#native.skipsCalls;
  }

  /**
   * Captures a process that we started and that has started none yet, and all its descendants. It
   * may be held for a moment.
   */
  watchChild(pid: number): void {
    this.#childPid = pid;
    this.#native.watch(pid, 'ours');
  }

  /** Captures a process, its descendants, and those that they will start. */
  watch(pid: number): void {
    const watched = new Set<number>();
    // A child that starts while we look is either seen by the kernel's fork hook or in the next
    // look: its parent is watched in between.
    for (let grew = true; grew; ) {
      grew = false;
      for (const member of listProcessTree(pid)) {
        if (watched.has(member)) continue;
        this.#native.watch(member, 'tree');
        watched.add(member);
        grew = true;
      }
    }
  }

  /** Never captures this process, nor what it starts from now on. */
  exclude(pid: number): void {
    this.#native.exclude(pid);
  }

  attach(library: Library, hasOldSessions = true): void {
    const points = library.symbols.flatMap((symbol) => this.#pointsOf(symbol));
    this.#native.attach(library.path, library.name, points, hasOldSessions);
  }

  /** Loads what is else loaded with the first Go program. Throws what the kernel refuses. */
  loadAll(): void {
    this.#native.loadGoPrograms();
  }

  #pointsOf(symbol: ProbedSymbol): ProbePoint[] {
    const { name, offset, probedAt = offset, probedAs, returnDistance = 0, returns = [] } = symbol;
    if (probedAs !== undefined) return [];
    const point = { function: this.#addon.functionNames.indexOf(name), returnDistance };
    return [
      { ...point, offset: probedAt, isReturnInstruction: false },
      ...returns.map((at) => ({ ...point, offset: at, isReturnInstruction: true })),
    ];
  }

  /**
   * Attaches to TLS libraries that captured processes come to use while the capture runs.
   *
   * @param examined what was attached to is in it
   * @param pids processes that may have loaded one since
   * @param report what is told of it
   */
  pickUp(examined: ExaminedFiles, pids: readonly number[], report: PickupReport): void {
    const attach = (library: Library) => this.attach(library, false);
    this.#pickup = new LibraryPickup(this.#native, {
      ...report,
      examined,
      attach,
      child: this.#childPid,
    });
    this.#pickup.start(pids);
  }

  /**
   * Delivers events until `stop`, then what is left of them, then the session ends and totals.
   * Resolves to what was left out, as nobody knows whether its connection was asked for.
   */
  async run(consumer: LiveConsumer): Promise<LeftOut> {
    if (!this.#selectsConnections) {
      await this.#run(consumer);
      return { sessions: 0, bytes: 0 };
    }
    const selection = new ConnectionSelection(consumer.handle);
    await this.#run({
      handle: selection.handle,
      afterBatch: (idle) => consumer.afterBatch(idle),
    });
    selection.end();
    return selection.leftOut;
  }

  async #run(consumer: LiveConsumer): Promise<void> {
    let idleRounds = 0;
    while (!this.#stopping) {
      const rows = this.#native.drain();
      this.#deliver(rows, consumer.handle);
      await consumer.afterBatch(rows === 0);
      idleRounds = rows === 0 ? idleRounds + 1 : 0;
      if (this.#native.isBehind) await nextTurn();
      else await this.#pause(idleRounds);
    }
    this.#pickup?.stop();
    this.#native.stop();
    await delay(SETTLE_MS);
    await this.#drainRest(consumer);
  }

  /** The capture's totals up to now. Not after `close`. */
  statistics(): StatisticsEvent {
    return this.#native.statistics();
  }

  /** What was lost so far, for whatever reason. Not after `close`. */
  countLostBytes(): number {
    const losses = this.statistics().lost.filter((each) => !isCut(each));
    return losses.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Ends `run` soon. */
  stop(): void {
    this.#stopping = true;
    this.#wake();
  }

  /** Takes the probes out of the kernel. Files should be complete before: it can take seconds. */
  close(): void {
    clearTimeout(this.#seeking);
    this.#native.close();
  }

  /** A session whose socket is not known may be an old one that was idle for long. */
  #seek(): void {
    if (this.#seeking === undefined) return;
    this.#native.seekOldSessions();
    this.#seeking.refresh();
  }

  async #pause(idleRounds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#stopping) return;
    const intervalMs = this.#readIntervalMs;
    if (idleRounds * intervalMs < IDLE_MS) await Promise.race([woken, passing(intervalMs)]);
    else if (this.#native.sleep()) await Promise.race([woken, passing(SLEEP_MAX_MS)]);
    else await nextTurn();
  }

  async #drainRest(consumer: LiveConsumer): Promise<void> {
    for (let rows = this.#native.drain(); rows > 0; rows = this.#native.drain()) {
      this.#deliver(rows, consumer.handle);
      await consumer.afterBatch(false);
    }
    for (let rows = this.#native.endSessions(); rows > 0; rows = this.#native.endSessions()) {
      this.#deliver(rows, consumer.handle);
      await consumer.afterBatch(false);
    }
    consumer.handle(this.#native.statistics());
  }

  #deliver(rows: number, handle: EventHandler): void {
    const columns = this.#native.columns;
    const names = this.#callNames;
    const data = this.#data;
    let next = 0;
    for (let row = 0; row < rows; row++) {
      if (columns.isData[row] === 1) {
        readRow(columns, row, names, data);
        this.#tellHandshake(data, handle);
        handle(data);
      } else {
        const object = columns.objects[next++];
        if (object !== undefined) this.#tell(object, handle);
      }
    }
  }

  #tell(object: Event | HandshakePart, handle: EventHandler): void {
    switch (object.kind) {
      case 'hello':
      case 'handshake-end':
      case 'handshake-failed':
      case 'alpn':
        this.#handshakes.add(object);
        return;
      case 'session':
        if (object.connection === 0) this.#seek();
        break;
      case 'session-end':
        this.#tellHandshake(object, handle);
    }
    handle(object);
  }

  #tellHandshake(event: Event, handle: EventHandler): void {
    if (this.#handshakes.size === 0) return;
    const handshake = this.#handshakes.before(event);
    if (handshake) handle(handshake);
  }
}

/** A delay that does not keep the process alive; the ring's waker does. */
function passing(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}

/** Columns are as long as a batch can be: every row within them is set. */
function readRow(columns: Columns, row: number, names: readonly string[], data: DataEvent): void {
  data.ktimeNs = columns.ktimeNs[row] as number;
  data.durationNs = columns.durationNs[row] as number;
  data.session = columns.session[row] as number;
  data.pid = columns.pid[row] as number;
  data.tid = columns.tid[row] as number;
  data.direction = columns.direction[row] === 1 ? 'write' : 'read';
  data.function = names[columns.function[row] as number] ?? '';
  data.position = columns.position[row] as number;
  data.callOffset = columns.callOffset[row] as number;
  data.originalLength = columns.originalLength[row] as number;
  data.payloadStart = columns.payloadStart[row] as number;
  data.capturedLength = columns.capturedLength[row] as number;
}

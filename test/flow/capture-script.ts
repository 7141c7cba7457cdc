import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CaptureHeader,
  CloseEvent,
  ConnectionEvent,
  DataEvent,
  Direction,
  Event,
  HandshakeEvent,
  SessionEvent,
} from '../../src/event.ts';
import { DEFAULT_FORM, type FileForm } from '../../src/flow/file-form.ts';
import { FLOW_LIMITS, type FlowLimits } from '../../src/flow/flow-limits.ts';
import { createPcapngPipeline, type PcapngPipeline } from '../../src/pipeline.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { GrowingOutput } from './growing-output.ts';

export const CAPTURE_START_EPOCH_NS = 1_700_000_000_000_000_000n;

const STEP_NS = 1_000_000;
export const HEADER: CaptureHeader = {
  plaincapVersion: '0.1.0',
  hostname: 'testhost',
  kernel: 'Linux 6.1.0 x86_64',
  start: { epochNs: CAPTURE_START_EPOCH_NS, ktimeNs: 5_000_000_000n },
  connectionSource: 'script',
};

interface ScriptOptions {
  header?: Partial<CaptureHeader>;
  form?: Partial<FileForm>;
  limits?: Partial<FlowLimits>;
}

/**
 * A capture told event by event, one a millisecond, and written by the pipeline as it is told.
 * What a test does not say is of a curl that connects to port 443.
 */
export class CaptureScript {
  /** Of the next event. */
  ktimeNs = 0;
  readonly output = new GrowingOutput();
  readonly #pipeline: PcapngPipeline;
  readonly #pids = new Set<number>();
  #connections = 0;
  #sessions = 0;

  constructor({ header, form, limits }: ScriptOptions = {}) {
    this.#pipeline = createPcapngPipeline({ ...HEADER, ...header }, this.output, {
      form: { ...DEFAULT_FORM, ...form },
      limits: { ...FLOW_LIMITS, ...limits },
    });
  }

  tell(event: Event): void {
    this.#pipeline.handle(event);
    this.ktimeNs += STEP_NS;
  }

  /** The same for a reader that has no room. */
  miss(event: Event): void {
    this.#pipeline.miss(event);
    this.ktimeNs += STEP_NS;
  }

  process(pid: number, comm: string, exe = `/usr/bin/${comm}`): void {
    this.#pids.add(pid);
    this.tell({ kind: 'process', ktimeNs: this.ktimeNs, pid, comm, exe, uid: 1000 });
  }

  /** Returns its id. Every connection is from another address. */
  connection(known: Partial<ConnectionEvent> = {}): number {
    this.#connections++;
    const connection = known.connection ?? this.#connections;
    const { ktimeNs } = this;
    this.tell({
      kind: 'connection',
      ktimeNs,
      connection,
      localAddress: Uint8Array.of(10, 1, this.#connections >> 8, this.#connections),
      remoteAddress: Uint8Array.of(10, 2, 0, 1),
      localPort: 50_000,
      remotePort: 443,
      role: 'client',
      netns: 1,
      seenOpening: true,
      ...known,
    });
    return connection;
  }

  close(connection: number, known: Partial<CloseEvent> = {}): void {
    const { ktimeNs } = this;
    const { cause = 'fin', by = 'local' } = known;
    const fin = { finBy: cause === 'fin' ? by : 'none', finKtimeNs: ktimeNs } as const;
    const end = { cause, by, readable: false, ...fin, ...known };
    this.tell({ kind: 'close', ktimeNs, connection, ...end });
  }

  session(connection: number, known: Partial<SessionEvent> = {}): SessionScript {
    const session = new SessionScript(this, ++this.#sessions, known);
    if (!this.#pids.has(session.pid)) this.process(session.pid, 'curl');
    session.bind(connection);
    return session;
  }

  /** A session in a connection of its own. */
  conversation(known: Partial<ConnectionEvent> = {}): SessionScript {
    return this.session(this.connection(known));
  }

  end() {
    return this.#pipeline.end();
  }

  /** Writes a file, gone after the last test, and returns its path. */
  save(): string {
    const path = join(temporaryFolder(), 'capture.pcapng');
    writeFileSync(path, this.output.written);
    return path;
  }
}

export class SessionScript {
  readonly pid: number;
  connection = 0;
  /** Of the next byte. */
  readonly positions: Record<Direction, number> = { read: 0, write: 0 };
  readonly #capture: CaptureScript;
  readonly #id: number;
  readonly #known: Partial<SessionEvent>;

  constructor(capture: CaptureScript, id: number, known: Partial<SessionEvent>) {
    this.#capture = capture;
    this.#id = id;
    this.#known = known;
    this.pid = known.pid ?? 4711;
  }

  bind(connection: number): void {
    this.connection = connection;
    this.#capture.tell({
      kind: 'session',
      ktimeNs: this.#capture.ktimeNs,
      session: this.#id,
      pid: this.pid,
      protocol: 'tls',
      library: '/usr/lib/x86_64-linux-gnu/libssl.so.3',
      evidence: connection === 0 ? 'none' : 'fingerprint',
      ...this.#known,
      connection,
    });
  }

  /** Of TLS 1.3, as a client, without ALPN. */
  handshake(known: Partial<HandshakeEvent> = {}): void {
    this.#capture.tell({
      kind: 'handshake',
      ktimeNs: this.#capture.ktimeNs,
      durationNs: 2_500_000,
      session: this.#id,
      pid: this.pid,
      tid: this.pid,
      function: 'SSL_do_handshake',
      role: 'client',
      version: 0x0304,
      cipherSuite: 0x1302,
      serverName: 'server.example',
      alpn: '',
      ...known,
    });
  }

  write(bytes: string | Uint8Array, known: Partial<DataEvent> = {}): void {
    this.#data('write', bytes, known);
  }

  read(bytes: string | Uint8Array, known: Partial<DataEvent> = {}): void {
    this.#data('read', bytes, known);
  }

  /** The next bytes do not reach an event. */
  lose(direction: Direction, bytes: number): void {
    this.positions[direction] += bytes;
  }

  /** The next bytes, for which the reader has no room. */
  miss(direction: Direction, bytes: Uint8Array): void {
    this.#capture.miss(this.#dataEvent(direction, bytes, {}));
    this.positions[direction] += bytes.length;
  }

  end(): void {
    this.#capture.tell({
      kind: 'session-end',
      ktimeNs: this.#capture.ktimeNs,
      session: this.#id,
      readPosition: this.positions.read,
      writePosition: this.positions.write,
    });
  }

  #data(direction: Direction, bytes: string | Uint8Array, known: Partial<DataEvent>): void {
    const payload = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    this.#capture.tell(this.#dataEvent(direction, payload, known));
    this.positions[direction] += payload.length;
  }

  #dataEvent(direction: Direction, payload: Uint8Array, known: Partial<DataEvent>): DataEvent {
    return {
      kind: 'data',
      ktimeNs: this.#capture.ktimeNs,
      durationNs: 0,
      session: this.#id,
      pid: this.pid,
      tid: this.pid,
      direction,
      function: direction === 'write' ? 'SSL_write' : 'SSL_read',
      position: this.positions[direction],
      callOffset: 0,
      originalLength: payload.length,
      payload,
      payloadStart: 0,
      capturedLength: payload.length,
      ...known,
    };
  }
}

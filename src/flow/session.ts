import type { Direction, HandshakeEvent, SessionEvent } from '../event.ts';
import { senderOf } from '../http-sniff/sniff-start.ts';
import type { Snaplen } from '../snaplen.ts';
import type { Connection } from './connection.ts';
import type { Flow } from './flow.ts';
import type { HeldStart, SessionStart } from './held-start.ts';
import { type Idle, noPlace } from './idle-order.ts';
import type { Process } from './process-table.ts';
import { SessionDirection } from './session-direction.ts';

/** A TLS object of a program, or a plain socket, from its first event until its end. */
export class Session implements Idle<Session> {
  readonly place = noPlace<Session>();
  readonly id: number;
  readonly process: Process;
  readonly protocol: SessionEvent['protocol'];
  /** Path of the probed library; empty for a plain socket. */
  readonly library: string;
  /** Of its calls. */
  readonly snaplen: Snaplen;
  /** Undefined while it is unknown. */
  connection: Connection | undefined;
  /** Told before its first data, unless the session is older than the capture. */
  handshake: HandshakeEvent | undefined;
  /** Whether its data goes where it seems to belong, and waits no more to become sure. */
  waitsNoMore = false;
  /** Its first events, while they do not tell the protocol. */
  held: HeldStart | undefined;
  start: SessionStart | undefined;
  /** Where its data goes; `mirrored` if nowhere, as it stands in the file as the other end's. */
  flow: Flow | 'mirrored' | undefined;
  /** Streams of the file that were begun for it under synthetic addresses. */
  streams = 0;
  readonly reads: SessionDirection;
  readonly writes: SessionDirection;
  /** Bytes that it moved before this file began. */
  readonly earlierBytes: number;
  isOver = false;
  /** Whether it goes on in another stream, which may begin in the middle of a message. */
  isResumed = false;
  /** Its role in a stream of before, which is not to change. */
  #wasClient: boolean | undefined;

  constructor(event: SessionEvent, process: Process, snaplen: Snaplen) {
    this.id = event.session;
    this.process = process;
    this.protocol = event.protocol;
    this.library = event.library;
    this.snaplen = snaplen;
    this.reads = new SessionDirection(event.readPosition);
    this.writes = new SessionDirection(event.writePosition);
    this.earlierBytes = this.reads.end + this.writes.end;
  }

  direction(direction: Direction): SessionDirection {
    return direction === 'read' ? this.reads : this.writes;
  }

  /** Lets what comes next go on in another stream, as that of a session caught late. */
  resume(): void {
    this.#wasClient = this.isClient;
    this.isResumed = true;
    this.start = undefined;
    this.flow = undefined;
  }

  /** Its flow, if that is neither over nor mirrored. */
  get openFlow(): Flow | undefined {
    return this.flow !== 'mirrored' && this.flow?.isOpen ? this.flow : undefined;
  }

  /** Whether its first data may be in the middle of a conversation. */
  get isLate(): boolean {
    if (this.isResumed) return true;
    return this.handshake === undefined && this.connection?.openedNs === undefined;
  }

  /**
   * Whether the program is the client: as it opened the connection, else by its side in the TLS
   * handshake, else by what it began to send or receive, else by the ports, of which the server
   * usually has the lower.
   */
  get isClient(): boolean {
    const { connection, handshake, start } = this;
    if (connection && connection.role !== 'unknown') return connection.role === 'client';
    if (handshake && handshake.role !== 'unknown') return handshake.role === 'client';
    if (this.#wasClient !== undefined) return this.#wasClient;
    const sender = start && senderOf(start.bytes);
    if (start && sender) return (sender === 'client') === (start.direction === 'write');
    return connection === undefined || connection.local.port >= connection.remote.port;
  }
}

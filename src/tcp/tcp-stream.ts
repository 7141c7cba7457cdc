import { Endpoint, type SocketAddress } from './endpoint.ts';
import { initialSequenceNumber } from './initial-sequence-number.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { ACK, FIN, PSH, RST, SYN } from './tcp-header.ts';

/** What makes a stream the one that it is. */
export interface StreamIdentity {
  readonly client: SocketAddress;
  readonly server: SocketAddress;
  /** Whether the captured program is the client. */
  readonly localIsClient: boolean;
  /** For `initialSequenceNumber`. */
  readonly id: number;
  readonly incarnation: number;
}

/**
 * One TCP connection as the readers of the file see it: segments in causal order, at times that
 * never run backwards, each of which acknowledges all that the peer has sent so far.
 */
export class TcpStream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly writer: SegmentWriter;
  /** Of the next segments: both are set before the first. */
  readonly #context = { interfaceId: 0, timeNs: Number.NEGATIVE_INFINITY };

  constructor(writer: SegmentWriter, identity: StreamIdentity) {
    const { id, incarnation, localIsClient } = identity;
    const client = new Endpoint({
      socket: identity.client,
      isClient: true,
      isLocal: localIsClient,
      initialSequence: initialSequenceNumber(id, incarnation, 'client'),
    });
    const server = new Endpoint({
      socket: identity.server,
      isClient: false,
      isLocal: !localIsClient,
      initialSequence: initialSequenceNumber(id, incarnation, 'server'),
    });
    this.writer = writer;
    this.local = localIsClient ? client : server;
    this.remote = localIsClient ? server : client;
  }

  get client(): Endpoint {
    return this.local.isClient ? this.local : this.remote;
  }

  get server(): Endpoint {
    return this.local.isClient ? this.remote : this.local;
  }

  /** Interface of the next segments. */
  set interfaceId(interfaceId: number) {
    this.#context.interfaceId = interfaceId;
  }

  /**
   * Time of the next segments, unless the last ones were later.
   *
   * @param timeNs nanoseconds since the capture's start.
   */
  advanceTo(timeNs: number): void {
    if (timeNs > this.#context.timeNs) this.#context.timeNs = timeNs;
  }

  /** The three-way handshake (RFC 9293 section 3.5), with a comment on its SYN. */
  open(comment: string): void {
    this.#sendEmpty(this.client, SYN, comment);
    this.#sendEmpty(this.server, SYN | ACK);
    this.#sendEmpty(this.client, ACK);
  }

  /** Begins a segment of data; the rest is `SegmentWriter.begin`. */
  beginData(sender: Endpoint, payloadLength: number, comment?: string): number {
    return this.#begin(sender, PSH | ACK, payloadLength, comment);
  }

  /** A whole segment of data, as `SegmentWriter.repeat` has it. */
  repeatData(sender: Endpoint, bytes: Uint8Array, start: number, length: number): boolean {
    const receiver = this.#peerOf(sender);
    return this.writer.repeat(this.#context, sender, receiver, bytes, start, length);
  }

  /** A segment that carries nothing but its comment. */
  sendComment(sender: Endpoint, comment: string): void {
    this.#sendEmpty(sender, ACK, comment);
  }

  /** A FIN, after which the other end may still send (RFC 9293 section 3.6). */
  beginFinish(first: Endpoint, comment?: string): void {
    this.#sendEmpty(first, FIN | ACK, comment);
  }

  /** The rest: the other end's FIN, and its ACK. */
  finish(first: Endpoint): void {
    this.#sendEmpty(this.#peerOf(first), FIN | ACK);
    this.#sendEmpty(first, ACK);
  }

  /** RST (RFC 9293 section 3.5.2). */
  reset(sender: Endpoint): void {
    this.#sendEmpty(sender, RST | ACK);
  }

  #sendEmpty(sender: Endpoint, flags: number, comment?: string): void {
    this.#begin(sender, flags, 0, comment);
    this.writer.end(0);
  }

  #begin(sender: Endpoint, flags: number, payloadLength: number, comment?: string): number {
    const receiver = this.#peerOf(sender);
    return this.writer.begin(this.#context, sender, receiver, flags, payloadLength, comment);
  }

  #peerOf(end: Endpoint): Endpoint {
    return end === this.local ? this.remote : this.local;
  }
}

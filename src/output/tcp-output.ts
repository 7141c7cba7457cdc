import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Event } from '../event.ts';
import { DestinationError, destinationError } from '../sink/destination-error.ts';
import { SocketSink } from '../sink/socket-sink.ts';
import { formatTcpAddress, isLoopback, type TcpAddress } from '../sink/tcp-address.ts';
import { addShortfalls, NO_SHORTFALL, type Shortfall } from '../summary.ts';
import type { EventOutput } from './event-output.ts';
import type { EventFormat } from './event-writer.ts';
import { LiveReader, type ReaderHooks } from './live-reader.ts';

/** Each may have some MiB waiting for it. */
const MAX_READERS = 32;

/** A TCP port on which each reader gets a file of its own, from when it connects (PCAP-over-IP). */
export class TcpOutput implements EventOutput {
  readonly stopped: Promise<void>;
  readonly beginsLate = true;
  /** Where it listens. */
  readonly address: TcpAddress;
  readonly #server: Server;
  readonly #format: EventFormat;
  readonly #hooks: ReaderHooks;
  readonly #readers = new Set<LiveReader>();
  /** Of the readers that left. */
  #missedBytes = 0;
  #onStop: () => void = () => {};

  private constructor(server: Server, format: EventFormat, hooks: ReaderHooks) {
    const { address, port } = server.address() as AddressInfo;
    this.address = { host: address, port };
    this.#server = server;
    this.#format = format;
    this.#hooks = hooks;
    this.stopped = new Promise((resolve) => {
      this.#onStop = resolve;
    });
    server.maxConnections = MAX_READERS;
    server.on('connection', (socket) => this.#welcome(socket));
  }

  /** Rejects with a DestinationError, as when the port is in use. */
  static async listen(
    address: TcpAddress,
    format: EventFormat,
    hooks: ReaderHooks,
  ): Promise<TcpOutput> {
    const server = createServer({ noDelay: true });
    server.listen(address.port, address.host);
    try {
      await once(server, 'listening');
    } catch (error) {
      const name = `tcp://${formatTcpAddress(address)}`;
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw destinationError(name, error);
      }
      throw new DestinationError(
        `${name}: another program listens there (EADDRINUSE); give another port, or 0 for any`,
      );
    }
    return new TcpOutput(server, format, hooks);
  }

  /** Whether other machines can connect. */
  get isOpenToOthers(): boolean {
    return !isLoopback(this.address.host);
  }

  readonly handle = (event: Event): void => {
    for (const reader of this.#readers) reader.handle(event);
  };

  flush(): void {
    for (const reader of this.#readers) reader.flush();
  }

  drained(): undefined {}

  async end(): Promise<Shortfall> {
    this.#server.close();
    const readers = [...this.#readers];
    this.#readers.clear();
    const ends = await Promise.all(readers.map((reader) => reader.end()));
    const earlier = { ...NO_SHORTFALL, missedBytes: this.#missedBytes };
    return { ...ends.reduce(addShortfalls, earlier), leftOutBytes: 0 };
  }

  #welcome(socket: Socket): void {
    const reader = new LiveReader(new SocketSink(socket), this.#format, this.#hooks.soFar);
    this.#readers.add(reader);
    // What it says means nothing, but that it ended.
    socket.resume();
    socket.once('end', () => this.#leave(reader));
    reader.stopped.then(() => this.#leave(reader));
    this.#hooks.onReader();
  }

  #leave(reader: LiveReader): void {
    if (!this.#readers.delete(reader)) return;
    this.#missedBytes += reader.missedBytes;
    reader.abandon();
    if (!this.#hooks.once || this.#readers.size > 0) return;
    this.#server.close();
    this.#onStop();
    this.#hooks.endCapture();
  }
}

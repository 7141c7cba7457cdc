import type { Socket } from 'node:net';
import type { Event } from '../event.ts';
import { destinationError } from '../sink/destination-error.ts';
import { hasReader, openPipe } from '../sink/pipe-socket.ts';
import { SocketSink } from '../sink/socket-sink.ts';
import { NO_SHORTFALL, type Shortfall } from '../summary.ts';
import type { EventOutput } from './event-output.ts';
import type { EventFormat } from './event-writer.ts';
import { LiveReader, type ReaderHooks } from './live-reader.ts';

/**
 * How often it is looked for one who came, or left. One who comes sooner behind another while nothing
 * is written is taken for the same.
 */
const LOOK_MS = 20;

/**
 * A FIFO, which may have a reader now or later: each gets a file of its own from when it comes to
 * when it leaves. Two who read at the same time would share one; that is how pipes are.
 */
export class FifoOutput implements EventOutput {
  readonly stopped: Promise<void>;
  readonly beginsLate = true;
  readonly #path: string;
  readonly #format: EventFormat;
  readonly #hooks: ReaderHooks;
  readonly #timer: NodeJS.Timeout;
  #reader: LiveReader | undefined;
  #ready: Promise<void> | undefined;
  /** Of the readers that left. */
  #missedBytes = 0;
  #failure: Error | undefined;
  #onStop: () => void = () => {};
  #onReady: () => void = () => {};

  /** @throws DestinationError for a FIFO that may not be written */
  constructor(path: string, format: EventFormat, hooks: ReaderHooks) {
    this.#path = path;
    this.#format = format;
    this.#hooks = hooks;
    this.stopped = new Promise((resolve) => {
      this.#onStop = resolve;
    });
    this.#ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
    if (this.#failure) throw this.#failure;
  }

  readonly handle = (event: Event): void => this.#reader?.handle(event);

  /** Resolves when the first reader is there; undefined if there was one. */
  get ready(): Promise<void> | undefined {
    return this.#ready;
  }

  flush(): void {
    this.#reader?.flush();
  }

  drained(): undefined {}

  async end(): Promise<Shortfall> {
    clearInterval(this.#timer);
    const reader = this.#reader;
    this.#reader = undefined;
    const last = (await reader?.end()) ?? NO_SHORTFALL;
    if (this.#failure) throw this.#failure;
    return { ...last, missedBytes: this.#missedBytes + last.missedBytes, leftOutBytes: 0 };
  }

  #look(): void {
    try {
      if (this.#reader && !hasReader(this.#path)) this.#leave(this.#reader);
      const socket = this.#reader ? undefined : openPipe(this.#path);
      if (socket) this.#welcome(socket);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.#failure = destinationError(this.#path, error);
      this.#stop();
    }
  }

  #welcome(socket: Socket): void {
    const reader = new LiveReader(new SocketSink(socket), this.#format, this.#hooks.soFar);
    this.#reader = reader;
    reader.stopped.then(() => this.#leave(reader));
    this.#hooks.onReader();
    this.#ready = undefined;
    this.#onReady();
  }

  #leave(reader: LiveReader): void {
    if (this.#reader !== reader) return;
    this.#reader = undefined;
    this.#missedBytes += reader.missedBytes;
    reader.abandon();
    if (!this.#hooks.once) return;
    this.#stop();
    this.#hooks.endCapture();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#onStop();
  }
}

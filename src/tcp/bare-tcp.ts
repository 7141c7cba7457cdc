import { http1Filler } from '../http-sniff/http1-filler.ts';
import type { Encapsulation } from './encapsulation.ts';
import type { Endpoint } from './endpoint.ts';
import type { TcpStream } from './tcp-stream.ts';

/** What readers need from each end before the first byte that was captured. */
export interface Opening {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

export interface BareTcpOptions {
  opening?: Opening | undefined;
  /**
   * Bytes that are missing within a message stand as zeros, an empty line at their end: readers show
   * no HTTP/1 message of which a part is missing, not even its header. Of WebSocket, what is missing
   * within a frame does.
   */
  fillsGaps?: boolean;
}

const NOTHING = new Uint8Array();

/** The bytes themselves as the payload of the segments. */
export class BareTcp implements Encapsulation {
  readonly stream: TcpStream;

  readonly #opening: Opening | undefined;
  readonly #fillsGaps: boolean;
  /** Ends that have sent bytes: before these, no message of theirs is under way. */
  readonly #begun = new Set<Endpoint>();

  constructor(stream: TcpStream, { opening, fillsGaps = false }: BareTcpOptions = {}) {
    this.stream = stream;
    this.#opening = opening;
    this.#fillsGaps = fillsGaps;
  }

  open(comment: string): void {
    const { client, server } = this.stream;
    this.stream.open(comment);
    if (this.#opening === undefined) return;
    this.write(client, this.#opening.client, 0, this.#opening.client.length);
    this.write(server, this.#opening.server, 0, this.#opening.server.length);
  }

  write(sender: Endpoint, bytes: Uint8Array, start: number, length: number): void {
    const { stream } = this;
    const end = start + length;
    this.#begun.add(sender);
    for (let from = start; from < end; from += sender.maxSegmentSize) {
      const size = Math.min(end - from, sender.maxSegmentSize);
      if (stream.repeatData(sender, bytes, from, size)) continue;
      const at = stream.beginData(sender, size);
      stream.writer.end(stream.writer.copy(bytes, from, size, at));
      stream.writer.remember(sender, at);
    }
  }

  /** If no segment has them, readers see by the sequence numbers how much is missing. */
  writeGap(
    sender: Endpoint,
    length: number,
    comment: string,
    contentLeft = 0,
    isWebSocket = false,
  ): void {
    const isFilled = this.#fillsGaps && this.#begun.has(sender);
    const filled = !isFilled ? 0 : isWebSocket ? Math.min(contentLeft, length) : length;
    if (filled > 0) {
      this.#writeFiller(sender, filled, comment, contentLeft < filled);
      sender.advance(length - filled);
    } else {
      sender.advance(length);
      this.stream.sendComment(sender, comment);
    }
  }

  #writeFiller(sender: Endpoint, length: number, comment: string, isBeyond: boolean): void {
    const { stream } = this;
    let unsaid: string | undefined = comment;
    for (let left = length; left > 0; ) {
      const size = Math.min(left, sender.maxSegmentSize);
      const at = stream.beginData(sender, size, unsaid);
      stream.writer.zero(at, size);
      const filler = isBeyond && left === size ? http1Filler(size) : NOTHING;
      stream.writer.end(stream.writer.copy(filler, 0, filler.length, at));
      unsaid = undefined;
      left -= size;
    }
  }
}

import type { Encapsulation } from './encapsulation.ts';
import type { Endpoint } from './endpoint.ts';
import type { TcpStream } from './tcp-stream.ts';

/** What readers need from each end before the first byte that was captured. */
export interface Opening {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The bytes themselves as the payload of the segments. */
export class BareTcp implements Encapsulation {
  readonly stream: TcpStream;

  readonly #opening: Opening | undefined;

  constructor(stream: TcpStream, opening?: Opening) {
    this.stream = stream;
    this.#opening = opening;
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
    for (let from = start; from < end; from += sender.maxSegmentSize) {
      const size = Math.min(end - from, sender.maxSegmentSize);
      const at = stream.beginData(sender, size);
      stream.writer.end(stream.writer.copy(bytes, from, size, at));
    }
  }

  /** No segment has them: readers see by the sequence numbers how much is missing. */
  writeGap(sender: Endpoint, length: number, comment: string): void {
    sender.advance(length);
    this.stream.sendComment(sender, comment);
  }
}

import type { Endpoint } from './endpoint.ts';
import type { TcpStream } from './tcp-stream.ts';

/** How the bytes of a conversation stand in the segments of its stream. */
export interface Encapsulation {
  readonly stream: TcpStream;

  /** Opens the stream, and writes what readers need before the first byte. */
  open(comment: string): void;

  /** `bytes[start]` to `bytes[start + length - 1]`. */
  write(sender: Endpoint, bytes: Uint8Array, start: number, length: number): void;

  /** As many bytes of the sender as are lost, told by a comment. */
  writeGap(sender: Endpoint, length: number, comment: string): void;
}

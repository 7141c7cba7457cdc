import type { Endpoint } from './endpoint.ts';
import type { TcpStream } from './tcp-stream.ts';

/** How the bytes of a conversation stand in the segments of its stream. */
export interface Encapsulation {
  readonly stream: TcpStream;

  /** Opens the stream, and writes what readers need before the first byte. */
  open(comment: string): void;

  /** `bytes[start]` to `bytes[start + length - 1]`. */
  write(sender: Endpoint, bytes: Uint8Array, start: number, length: number): void;

  /**
   * Bytes of the sender that are missing, told by a comment.
   *
   * @param contentLeft in HTTP, how many of them end the body, chunk or frame that the sender is in.
   *   They end between two messages or frames if they are more; in other protocols no end is known.
   * @param isWebSocket whether these frames are of WebSocket, to which HTTP/1 has changed.
   */
  writeGap(
    sender: Endpoint,
    length: number,
    comment: string,
    contentLeft?: number,
    isWebSocket?: boolean,
  ): void;
}

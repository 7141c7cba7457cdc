import { decodeHello, type Hello } from './hello.ts';

/** ContentType of RFC 8446 section 5.1; no HandshakeType has this value. */
const RECORD_TYPE_HANDSHAKE = 22;
const RECORD_HEADER_LENGTH = 5;
const MESSAGE_HEADER_LENGTH = 4;

/** Longer ones are told up to here: bpf/events.h, HELLO_MAX_BYTES. */
const MAX_LENGTH = 4096;

/**
 * Puts a hello together from its pieces: a handshake message, or the TLS record in which it stands.
 */
export class HelloReader {
  #bytes = Buffer.alloc(0);

  /**
   * @param offset of the piece in the message or record. One that does not follow the last begins
   *   anew; if it is no beginning, nothing can be told.
   * @returns the hello, once all of it that is told is there.
   */
  add(offset: number, piece: Uint8Array): Hello | undefined {
    if (offset === 0) this.#bytes = Buffer.alloc(0);
    if (offset !== this.#bytes.length) return undefined;
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const isRecord = this.#bytes[0] === RECORD_TYPE_HANDSHAKE;
    const message = isRecord ? this.#bytes.subarray(RECORD_HEADER_LENGTH) : this.#bytes;
    if (message.length < MESSAGE_HEADER_LENGTH) return undefined;
    const isWhole = message.length >= MESSAGE_HEADER_LENGTH + message.readUIntBE(1, 3);
    if (!isWhole && this.#bytes.length < MAX_LENGTH) return undefined;
    this.#bytes = Buffer.alloc(0);
    return decodeHello(message);
  }
}

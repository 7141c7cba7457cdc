import { swapBytes } from '../tcp/checksum.ts';
import type { Encapsulation } from '../tcp/encapsulation.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import type { TcpStream } from '../tcp/tcp-stream.ts';
import { alpnExtension, serverNameExtension } from './extension.ts';
import {
  type FillerFrames,
  type GapRecord,
  gapRecords,
  http1GapRecords,
  webSocketFiller,
} from './gap-records.ts';
import { encodeClientHello, encodeServerHello } from './hello.ts';
import {
  CONTENT_TYPE,
  type ContentType,
  encodeMac,
  encodeRecordHeader,
  MAC_LENGTH,
  MAX_PLAINTEXT_LENGTH,
  RECORD_HEADER_LENGTH,
} from './record.ts';

/** RFC 5246 section 7.1. */
const CHANGE_CIPHER_SPEC = [1];

/** What the hellos tell, as far as it is known. */
export interface Negotiated {
  readonly serverName?: string | undefined;
  /** ALPN protocol name, such as `h2`. */
  readonly protocol?: string | undefined;
}

/**
 * A TLS 1.2 session of TLS_RSA_WITH_NULL_SHA256: its records hold the plaintext in clear, so that
 * every reader dissects it on any port, without keys and settings. Handshake messages that no
 * reader asks for are left out, and the MACs are zeros.
 */
export class NullTls implements Encapsulation {
  readonly stream: TcpStream;
  readonly #negotiated: Negotiated;
  /** Of the record that is begun. */
  #headerSum = 0;

  constructor(stream: TcpStream, negotiated: Negotiated) {
    this.stream = stream;
    this.#negotiated = negotiated;
  }

  open(comment: string): void {
    const { stream } = this;
    const { client, server } = stream;
    const { serverName, protocol } = this.#negotiated;
    const sni = serverName === undefined ? [] : serverNameExtension(serverName);
    const alpn = protocol === undefined ? [] : alpnExtension(protocol);
    const clientHello = encodeClientHello(client.nextSequence, [...sni, ...alpn]);
    const serverHello = encodeServerHello(server.nextSequence, alpn);
    stream.open(comment);
    this.#writeRecord(client, CONTENT_TYPE.handshake, clientHello);
    this.#writeRecord(server, CONTENT_TYPE.handshake, serverHello);
    this.#writeRecord(client, CONTENT_TYPE.changeCipherSpec, CHANGE_CIPHER_SPEC);
    this.#writeRecord(server, CONTENT_TYPE.changeCipherSpec, CHANGE_CIPHER_SPEC);
  }

  write(sender: Endpoint, bytes: Uint8Array, start: number, length: number): void {
    const { stream } = this;
    const end = start + length;
    for (let from = start; from < end; from += MAX_PLAINTEXT_LENGTH) {
      const size = Math.min(end - from, MAX_PLAINTEXT_LENGTH);
      if (stream.repeatData(sender, bytes, from, size)) continue;
      const at = this.#beginApplicationData(sender, size);
      this.#endRecord(stream.writer.copy(bytes, from, size, at));
      stream.writer.remember(sender, at, MAC_LENGTH);
    }
  }

  /** As many bytes as are missing: a hole would swallow the rest of the direction. */
  writeGap(
    sender: Endpoint,
    length: number,
    comment: string,
    contentLeft = length,
    isWebSocket = false,
  ): void {
    const { writer } = this.stream;
    const frames = isWebSocket ? webSocketFiller(sender.isClient) : undefined;
    let unsaid: string | undefined = comment;
    for (const record of this.#gapRecords(length, Math.min(contentLeft, length), frames)) {
      const at = this.#beginApplicationData(sender, record.length, unsaid);
      const { head } = record;
      writer.zero(at, record.length);
      this.#endRecord(writer.copy(head, 0, head.length, at));
      unsaid = undefined;
    }
  }

  #gapRecords(length: number, contentLeft: number, frames?: FillerFrames): Iterable<GapRecord> {
    if (frames) return gapRecords(length, contentLeft, frames);
    const isBeyond = contentLeft < length;
    if (isBeyond && this.#negotiated.protocol === 'http/1.1') return http1GapRecords(length);
    return gapRecords(length, contentLeft);
  }

  #writeRecord(sender: Endpoint, type: ContentType, fragment: readonly number[]): void {
    const at = this.#beginRecord(sender, type, fragment.length);
    const bytes = Uint8Array.from(fragment);
    this.#endRecord(this.stream.writer.copy(bytes, 0, bytes.length, at));
  }

  /** A record of application data with its MAC in place. */
  #beginApplicationData(sender: Endpoint, length: number, comment?: string): number {
    const type = CONTENT_TYPE.applicationData;
    const at = this.#beginRecord(sender, type, length + MAC_LENGTH, comment);
    encodeMac(this.stream.writer.view, at + length);
    return at;
  }

  /** One record a segment, so that readers need not put any together; returns its fragment's offset. */
  #beginRecord(sender: Endpoint, type: ContentType, length: number, comment?: string): number {
    const at = this.stream.beginData(sender, RECORD_HEADER_LENGTH + length, comment);
    this.#headerSum = encodeRecordHeader(this.stream.writer.view, at, type, length);
    return at + RECORD_HEADER_LENGTH;
  }

  /** The fragment stands at an odd offset of the segment, so its sum counts with swapped bytes. */
  #endRecord(fragmentSum: number): void {
    this.stream.writer.end(this.#headerSum + swapBytes(fragmentSum));
  }
}

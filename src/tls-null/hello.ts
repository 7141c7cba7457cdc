import { mix32 } from '../tcp/mix32.ts';
import { vector } from './vector.ts';

const HANDSHAKE_TYPE = { clientHello: 1, serverHello: 2, serverHelloDone: 14 };
const VERSION_TLS_1_2 = [0x03, 0x03];
/** The cipher suite that leaves the plaintext in the records (RFC 5246 appendix A.5). */
const TLS_RSA_WITH_NULL_SHA256 = [0x00, 0x3b];
const NO_COMPRESSION = 0x00;
const RANDOM_WORDS = 8;

/**
 * ClientHello (RFC 5246 section 7.4.1.2).
 *
 * @param seed of its random bytes, a 32-bit integer.
 */
export function encodeClientHello(seed: number, extensions: readonly number[]): number[] {
  return handshake(HANDSHAKE_TYPE.clientHello, [
    ...VERSION_TLS_1_2,
    ...random(seed),
    ...vector(1, []),
    ...vector(2, TLS_RSA_WITH_NULL_SHA256),
    ...vector(1, [NO_COMPRESSION]),
    ...vector(2, extensions),
  ]);
}

/** ServerHello (section 7.4.1.3) without a session id, and ServerHelloDone (section 7.4.5). */
export function encodeServerHello(seed: number, extensions: readonly number[]): number[] {
  const hello = handshake(HANDSHAKE_TYPE.serverHello, [
    ...VERSION_TLS_1_2,
    ...random(seed),
    ...vector(1, []),
    ...TLS_RSA_WITH_NULL_SHA256,
    NO_COMPRESSION,
    ...vector(2, extensions),
  ]);
  return [...hello, ...handshake(HANDSHAKE_TYPE.serverHelloDone, [])];
}

/** RFC 5246 section 7.4. */
function handshake(type: number, body: readonly number[]): number[] {
  return [type, ...vector(3, body)];
}

/** The same for the same seed, as all that plaincap makes up. */
function random(seed: number): Uint8Array {
  const words = new DataView(new ArrayBuffer(4 * RANDOM_WORDS));
  let word = seed;
  for (let at = 0; at < words.byteLength; at += 4) {
    word = mix32(word);
    words.setInt32(at, word);
  }
  return new Uint8Array(words.buffer);
}

/** TLS records (RFC 5246 section 6.2). */
import { foldSum, swapBytes } from '../tcp/checksum.ts';

export const RECORD_HEADER_LENGTH = 5;

/** The most plaintext that one record carries, in bytes (section 6.2.1). */
export const MAX_PLAINTEXT_LENGTH = 16_384;

/** Of HMAC-SHA256. It is zeros, as nobody can check it without the keys. */
export const MAC_LENGTH = 32;

const TLS_1_2 = 0x0303;

export const CONTENT_TYPE = { changeCipherSpec: 20, handshake: 22, applicationData: 23 } as const;
export type ContentType = (typeof CONTENT_TYPE)[keyof typeof CONTENT_TYPE];

/**
 * A record's header.
 *
 * @param fragmentLength in bytes, the MAC included.
 * @returns its sum (tcp/checksum.ts).
 */
export function encodeRecordHeader(
  view: DataView,
  at: number,
  type: ContentType,
  fragmentLength: number,
): number {
  view.setUint8(at, type);
  view.setInt32(at + 1, (TLS_1_2 << 16) | fragmentLength);
  // The type is an upper byte of a 16-bit word, so the other fields stand across two words each.
  return foldSum((type << 8) + swapBytes(TLS_1_2) + swapBytes(fragmentLength));
}

/** A zero as a double is eight zero bytes: for so few bytes faster than to fill them. */
export function encodeMac(view: DataView, at: number): void {
  for (let part = at; part < at + MAC_LENGTH; part += 8) view.setFloat64(part, 0);
}

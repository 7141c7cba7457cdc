import { mix32 } from './mix32.ts';

const TWO_TO_32 = 0x1_0000_0000;

/** Tells the two ends of a stream apart. */
const SALT = { client: 0x636c_6e74, server: 0x7372_7672 };

/**
 * An initial sequence number (RFC 9293 section 3.4.1), as a signed integer of 32 bits.
 *
 * @param id what the stream carries: the id of a connection or a session.
 * @param incarnation another number for each stream of one id. Readers take a SYN of another number on the
 *   same addresses for a new stream, and one of the same number for a retransmission.
 */
export function initialSequenceNumber(
  id: number,
  incarnation: number,
  sender: keyof typeof SALT,
): number {
  let hash = mix32(id | 0);
  hash = mix32(hash ^ (id / TWO_TO_32));
  hash = mix32(hash ^ incarnation);
  return mix32(hash ^ SALT[sender]);
}

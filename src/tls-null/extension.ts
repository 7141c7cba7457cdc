import { vector } from './vector.ts';

const SERVER_NAME = 0;
const HOST_NAME = 0;
const APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16;

/** The name that the client asks for (RFC 6066 section 3). */
export function serverNameExtension(serverName: string): number[] {
  const name = [HOST_NAME, ...vector(2, [...Buffer.from(serverName)])];
  return extension(SERVER_NAME, vector(2, name));
}

/**
 * The one protocol that is offered, or chosen (RFC 7301 section 3.1), such as `h2`.
 *
 * @param protocol a character for each of its bytes.
 */
export function alpnExtension(protocol: string): number[] {
  const name = vector(1, [...Buffer.from(protocol, 'latin1')]);
  return extension(APPLICATION_LAYER_PROTOCOL_NEGOTIATION, vector(2, name));
}

/** RFC 5246 section 7.4.1.4. */
function extension(type: number, data: readonly number[]): number[] {
  return [type >>> 8, type & 0xff, ...vector(2, data)];
}

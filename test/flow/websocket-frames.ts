/** What the ends of a WebSocket conversation send (RFC 6455). */

export const REQUEST =
  'GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
export const RESPONSE =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nupgrade: WebSocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

export const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;

const MASKING_KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

export interface Frame {
  opcode: number;
  isFinal?: boolean;
  length: number;
}

/** As each has another length, it is known by that. */
export function nameOf(opcode: number, length: number): string {
  return `${opcode} ${length}`;
}

/** Texts are of `A`, which looks like the first byte of a header. */
export function encodeFrame({ opcode, isFinal = true, length }: Frame, isMasked: boolean): Buffer {
  const header = [(isFinal ? 0x80 : 0) | opcode, ...encodeLength(length, isMasked ? 0x80 : 0)];
  const payload = Buffer.alloc(length, opcode === TEXT ? 'A' : 0xee);
  if (!isMasked) return Buffer.concat([Buffer.from(header), payload]);
  const masked = payload.map((byte, at) => byte ^ (MASKING_KEY[at % 4] as number));
  return Buffer.concat([Buffer.from(header), MASKING_KEY, masked]);
}

function encodeLength(length: number, mask: number): number[] {
  if (length <= 125) return [mask | length];
  if (length <= 0xffff) return [mask | 126, length >> 8, length & 0xff];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [mask | 127, ...bytes];
}

/** Where messages begin in what one end of a connection said: truth of our own, without Wireshark. */

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const FRAME_HEADER_BYTES = 9;
const FRAME_TYPE_AT = 3;
const CONTINUATION = 9;

/** What HTTP/1.1's start lines are in our traffic, whose bodies have none. */
const START_LINE = /(?:[A-Z]+ [!-~]+ HTTP\/1\.1\r\n|HTTP\/1\.1 \d{3} )/g;

export type Alpn = 'h2' | 'http/1.1';

/** Offsets at which messages of HTTP/1.1, or frames of HTTP/2, begin; the preface is one. */
export function boundariesOf(bytes: Buffer, alpn: Alpn): number[] {
  return alpn === 'h2' ? frameStarts(bytes) : messageStarts(bytes);
}

/** Of these, those at which a reader can begin: what goes on with a header block is none. */
export function isEntry(bytes: Buffer, boundary: number, alpn: Alpn): boolean {
  return alpn === 'http/1.1' || bytes[boundary + FRAME_TYPE_AT] !== CONTINUATION;
}

function messageStarts(bytes: Buffer): number[] {
  return [...bytes.toString('latin1').matchAll(START_LINE)].map(({ index }) => index);
}

function frameStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  let at = 0;
  if (bytes.toString('latin1', 0, PREFACE.length) === PREFACE) {
    starts.push(0);
    at = PREFACE.length;
  }
  for (; at < bytes.length; at += FRAME_HEADER_BYTES + bytes.readUIntBE(at, 3)) starts.push(at);
  return starts;
}

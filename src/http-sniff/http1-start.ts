/** RFC 9110 section 9.3, RFC 5789 (PATCH) and RFC 4918 section 9 (WebDAV). */
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
];
const REQUEST_STARTS = METHODS.map((method) => Buffer.from(`${method} `, 'latin1'));
const RESPONSE_START = Buffer.from('HTTP/1.', 'latin1');
/** How a request line goes on after its target (RFC 9112 section 3). */
const REQUEST_VERSION = Buffer.from(' HTTP/1.', 'latin1');
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** A whole request line, or a status line up to its reason (RFC 9112 section 4). */
const START_LINE = new RegExp(
  `(?:${METHODS.join('|')}) [!-~]+ HTTP/1\\.[01]\r\n|HTTP/1\\.[01] [1-5][0-9]{2}[ \r]`,
);

/**
 * Whether `bytes` begin an HTTP/1 request or response between two offsets, or are too short to tell.
 * SIP and RTSP have the same methods, but another version.
 */
export function matchHttp1Start(
  bytes: Uint8Array,
  from = 0,
  end = bytes.length,
): 'request' | 'response' | 'incomplete' | 'other' {
  const response = commonLength(RESPONSE_START, bytes, from, end);
  if (response === RESPONSE_START.length) return 'response';
  let mayGoOn = from + response === end;
  for (const start of REQUEST_STARTS) {
    const common = commonLength(start, bytes, from, end);
    if (common === start.length) return matchRequestLine(bytes, from, end);
    mayGoOn ||= from + common === end;
  }
  return mayGoOn ? 'incomplete' : 'other';
}

function matchRequestLine(bytes: Uint8Array, from: number, end: number): 'request' | 'other' {
  const lineEnd = findLineEnd(bytes, from, end);
  if (lineEnd < 0) return 'request';
  for (let at = lineEnd - 1; at >= from; at--) {
    if (isAt(REQUEST_VERSION, bytes, at, lineEnd)) return 'request';
  }
  return 'other';
}

/** Offset of the next CRLF, or -1. */
export function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from + 1; at < end; at++) {
    if (bytes[at] === LINE_FEED && bytes[at - 1] === CARRIAGE_RETURN) return at - 1;
  }
  return -1;
}

function isAt(word: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  return commonLength(word, bytes, at, end) === word.length;
}

/** How many of the bytes from `at` are those of the word. */
function commonLength(word: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  const length = Math.min(word.length, end - at);
  let common = 0;
  while (common < length && bytes[at + common] === word[common]) common++;
  return common;
}

/** Offset of the first HTTP/1 message that begins in `text`, or -1. */
export function findHttp1Start(text: string): number {
  return text.search(START_LINE);
}

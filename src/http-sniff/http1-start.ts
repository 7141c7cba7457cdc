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
const REQUEST_STARTS = METHODS.map((method) => `${method} `);
const RESPONSE_START = 'HTTP/1.';
/** How a request line goes on after its target (RFC 9112 section 3). */
const REQUEST_VERSION = ' HTTP/1.';

/** A whole request line, or a status line up to its reason (RFC 9112 section 4). */
const START_LINE = new RegExp(
  `(?:${METHODS.join('|')}) [!-~]+ HTTP/1\\.[01]\r\n|HTTP/1\\.[01] [1-5][0-9]{2}[ \r]`,
);

/**
 * Whether `text` begins an HTTP/1 request or response, or is too short to tell. SIP and RTSP have
 * the same methods, but another version.
 */
export function matchHttp1Start(text: string): 'request' | 'response' | 'incomplete' | 'other' {
  if (text.startsWith(RESPONSE_START)) return 'response';
  if (REQUEST_STARTS.some((start) => text.startsWith(start))) {
    const lineEnd = text.indexOf('\r\n');
    return lineEnd < 0 || text.lastIndexOf(REQUEST_VERSION, lineEnd) > 0 ? 'request' : 'other';
  }
  const mayGoOn = [RESPONSE_START, ...REQUEST_STARTS].some((start) => start.startsWith(text));
  return mayGoOn ? 'incomplete' : 'other';
}

/** Offset of the first HTTP/1 message that begins in `text`, or -1. */
export function findHttp1Start(text: string): number {
  return text.search(START_LINE);
}

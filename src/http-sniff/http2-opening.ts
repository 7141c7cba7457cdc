import { CLIENT_PREFACE } from './http2-start.ts';

/** An empty SETTINGS frame (RFC 9113 section 6.5). */
const EMPTY_SETTINGS = '\0\0\0\x04\0\0\0\0\0';

/**
 * How either end begins HTTP/2 (RFC 9113 section 3.4), for conversations of which the beginning was
 * not captured: over bare TCP Wireshark knows HTTP/2 by the client's preface alone.
 */
export const HTTP2_OPENING = {
  client: Buffer.from(CLIENT_PREFACE + EMPTY_SETTINGS, 'latin1'),
  server: Buffer.from(EMPTY_SETTINGS, 'latin1'),
};

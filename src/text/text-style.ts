/** What a text shows, and how. */
export interface TextStyle {
  /** One JSON object a line, with all that there is: the others do not matter. */
  readonly json: boolean;
  /** Data as hex, else as text. */
  readonly hexdump: boolean;
  /** How long each call took. */
  readonly latency: boolean;
  /** A line a TLS handshake. */
  readonly handshake: boolean;
  /** Lines on connections that open and close, and on how sessions' connections were told. */
  readonly connections: boolean;
}

/** Calls and their data alone. */
export const PLAIN_STYLE: TextStyle = {
  json: false,
  hexdump: false,
  latency: false,
  handshake: false,
  connections: false,
};

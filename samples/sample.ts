import type { TextStyle } from '../src/text/text-style.ts';
import type { TableName } from './tables.ts';

/** Stands in a command for the folder of the certificate and other files of the run. */
export const FOLDER = '{folder}';

/** A request and the status of its response: `GET https://localhost/ 200`. */
export type Exchange = string;

/** A recording of real traffic: how it is made, and what must be found in it. */
export interface Sample {
  /** Of its files: NAME.cbor, NAME.pcapng, NAME.tshark.txt, and NAME.print.txt if it has a text. */
  name: string;
  /** In a line. */
  what: string;
  /** They serve while the client runs; each prints a line when it is ready. */
  servers: readonly (readonly string[])[];
  client: readonly string[];
  /** The client's, if it is to fail. */
  exitCode?: number;
  /**
   * Whose processes are captured. `server`: the only one. `late-client`: it runs already, has printed a line, and goes on
   * when it reads one.
   */
  captured: 'client' | 'server' | 'late-client';
  /** Of NAME.tshark.txt. */
  tables: readonly TableName[];
  /** Options of the `plaincap print` that makes NAME.print.txt. */
  text?: readonly (keyof TextStyle)[];
  expected: Expected;
}

/** What Wireshark must find in the sample: known from its traffic, not from its golden. */
export interface Expected {
  /** Connections. */
  streams: number;
  /** In the order of the requests of each connection. */
  exchanges: readonly Exchange[];
  /** Payloads of messages, as text: of WebSocket frames, or of gRPC's. */
  messages?: readonly string[];
  /** SHA-256 of bodies, among others: of HTTP/1.1 as "Export Objects" saves them, of HTTP/2 as sent. */
  bodies?: readonly string[];
  /** In the comment of each connection's first packet. */
  comment?: string;
  /** What the expert info warns of. */
  warnings?: readonly string[];
  /** What it may warn of as well, in one recording but not in another. */
  possibleWarnings?: readonly string[];
}

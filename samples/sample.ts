import type { TableName } from './tables.ts';

/** Stands in a command for the folder of the certificate and other files of the run. */
export const FOLDER = '{folder}';

/** A request, and the response that belongs to it: `GET https://localhost/ 200`. */
export type Exchange = string;

/** A recording of real traffic: how it is made, and what must be found in it. */
export interface Sample {
  /** Of its files: NAME.cbor, NAME.pcapng, NAME.tshark.txt. */
  name: string;
  /** In a line. */
  what: string;
  /** Serves while the client runs; prints a line when it is ready. */
  server?: readonly string[];
  client: readonly string[];
  /** The client's, if it is to fail. */
  exitCode?: number;
  /**
   * Whose processes are captured. `late-client`: it runs already, has printed a line, and goes on
   * when it reads one.
   */
  captured: 'client' | 'server' | 'late-client';
  /** Of NAME.tshark.txt. */
  tables: readonly TableName[];
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
  /** SHA-256 of some bodies, decoded, as "Export Objects" saves them. */
  bodies?: readonly string[];
  /** In the first packet's comment of each connection. */
  comment?: string;
  /** What the expert info says beyond what it says of every connection's end. */
  expert?: readonly string[];
}

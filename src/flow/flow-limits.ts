/**
 * How much is remembered at most, so that memory is bounded also where ends are never told. What
 * is idle longest makes room; of what is forgotten, data that comes after all is still written.
 */
export interface FlowLimits {
  /** Streams of the file that did not end. Those in excess are closed, and go on in another one. */
  readonly openFlows: number;
  /** Sessions that did not end. Data of those in excess is of an unknown connection. */
  readonly sessions: number;
  /** Connections that did not close, without a session. */
  readonly idleConnections: number;
  /** Processes. Of those in excess only the interface that they have in the file is known. */
  readonly processes: number;
}

export const FLOW_LIMITS: FlowLimits = {
  openFlows: 8192,
  sessions: 16_384,
  idleConnections: 8192,
  processes: 16_384,
};

import type { ConnectionEvent } from '../event.ts';
import { formatSocketAddress, type SocketAddress } from '../tcp/endpoint.ts';
import { Connection } from './connection.ts';
import type { Session } from './session.ts';

/** The connections that did not close yet, or still have a session. */
export class ConnectionTable {
  readonly #byId = new Map<number, Connection>();
  readonly #byTuple = new Map<string, Connection>();

  add(event: ConnectionEvent): void {
    const connection = new Connection(event);
    this.#byId.set(connection.id, connection);
    this.#byTuple.set(tupleOf(connection, connection.local, connection.remote), connection);
  }

  get(id: number): Connection | undefined {
    return this.#byId.get(id);
  }

  values(): Iterable<Connection> {
    return this.#byId.values();
  }

  delete(connection: Connection): void {
    const peer = this.#peerOf(connection);
    if (peer && connection.streams > 0) peer.isMirrored = true;
    this.#byId.delete(connection.id);
    const tuple = tupleOf(connection, connection.local, connection.remote);
    if (this.#byTuple.get(tuple) === connection) this.#byTuple.delete(tuple);
  }

  /**
   * Whether a session that begins now is written as that of its connection's other end, which is
   * captured too. The end that began first stays; before either has begun, it is the client's,
   * which is as good as begun as soon as it has a session.
   */
  isMirrored(session: Session): boolean {
    const { connection } = session;
    if (connection === undefined || connection.streams > 0) return false;
    if (connection.isMirrored) return true;
    const peer = this.#peerOf(connection);
    if (peer === undefined) return false;
    return peer.streams > 0 || (!session.isClient && peer.sessions.size > 0);
  }

  /** The other end of a connection within one network namespace. */
  #peerOf(connection: Connection): Connection | undefined {
    const peer = this.#byTuple.get(tupleOf(connection, connection.remote, connection.local));
    return peer === connection ? undefined : peer;
  }
}

function tupleOf({ netns }: Connection, local: SocketAddress, remote: SocketAddress): string {
  return `${netns} ${formatSocketAddress(local)} ${formatSocketAddress(remote)}`;
}

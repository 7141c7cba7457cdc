import type { ConnectionEvent } from '../event.ts';
import { formatSocketAddress, type SocketAddress } from '../tcp/endpoint.ts';
import { isIpv4 } from '../tcp/ip-address.ts';
import { Connection } from './connection.ts';
import type { FileForm } from './file-form.ts';
import { IdleOrder } from './idle-order.ts';
import type { Session } from './session.ts';

/** The connections that did not close yet, or still have a session. */
export class ConnectionTable {
  /** Those without a session. */
  readonly #idle = new IdleOrder<Connection>();
  readonly #side: FileForm['side'];
  readonly #idleLimit: number;
  readonly #byId = new Map<number, Connection>();
  readonly #byTuple = new Map<string, Connection>();

  /** @param idleLimit of connections without a session */
  constructor(side: FileForm['side'], idleLimit: number) {
    this.#side = side;
    this.#idleLimit = idleLimit;
  }

  add(event: ConnectionEvent): void {
    const connection = new Connection(event);
    this.#byId.set(connection.id, connection);
    this.#byTuple.set(tupleOf(connection, connection.local, connection.remote), connection);
    this.#idle.use(connection);
  }

  /** Gives a session the connection that carries it. */
  attach(session: Session, connection: Connection): void {
    session.connection = connection;
    connection.sessions.push(session);
    this.#idle.delete(connection);
  }

  /** Takes a session from its connection. */
  detach(session: Session): void {
    const { connection } = session;
    session.connection = undefined;
    if (connection === undefined) return;
    connection.sessions.splice(connection.sessions.indexOf(session), 1);
    if (connection.sessions.length === 0) this.#idle.use(connection);
  }

  /** The one that is without a session longest, if they are too many. */
  get surplus(): Connection | undefined {
    return this.#idle.size > this.#idleLimit ? this.#idle.first : undefined;
  }

  get(id: number): Connection | undefined {
    return this.#byId.get(id);
  }

  values(): Iterable<Connection> {
    return this.#byId.values();
  }

  delete(connection: Connection): void {
    const peer = this.#peerOf(connection);
    if (peer?.streams === 0 && connection.streams > 0) peer.isSecondEnd = true;
    this.#byId.delete(connection.id);
    this.#idle.delete(connection);
    const tuple = tupleOf(connection, connection.local, connection.remote);
    if (this.#byTuple.get(tuple) === connection) this.#byTuple.delete(tuple);
  }

  /**
   * Whether the other end of the session's connection, which is captured too, stands in the file
   * under their addresses. The end that began first stays; before either has begun, it is the one
   * that was asked for, which is as good as begun as soon as it has a session.
   */
  isSecondEnd(session: Session): boolean {
    const { connection } = session;
    if (connection === undefined) return false;
    if (connection.isSecondEnd || connection.streams > 0) return connection.isSecondEnd;
    const peer = this.#peerOf(connection);
    if (peer === undefined) return false;
    connection.isSecondEnd =
      peer.streams > 0 || (!this.#isFirst(session) && peer.sessions.length > 0);
    return connection.isSecondEnd;
  }

  /**
   * Whether the session's other end may still come, and be written instead of it. A captured
   * client's connection is known before its server's data, but a plain one has no session before
   * its first call returns.
   */
  awaitsOtherEnd(session: Session): boolean {
    const { connection } = session;
    if (!connection || connection.streams > 0 || connection.isSecondEnd) return false;
    if (this.#isFirst(session)) return false;
    if (session.isClient ? !isWithinHost(connection) : session.protocol !== 'plain') return false;
    const peer = this.#peerOf(connection);
    if (peer === undefined) return session.isClient;
    return peer.streams === 0 && peer.sessions.length === 0;
  }

  /** The sessions of a connection's other end. */
  sessionsOfPeer(connection: Connection): Iterable<Session> {
    return this.#peerOf(connection)?.sessions ?? [];
  }

  /** Whether it is of the end that comes first. */
  #isFirst({ isClient }: Session): boolean {
    return isClient === (this.#side !== 'server');
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

/** 127.0.0.0/8 (RFC 1122 section 3.2.1.3). */
const LOOPBACK = 127;

/** Whether both ends are on this machine: its own address is the source of what it sends itself. */
function isWithinHost({ local, remote }: Connection): boolean {
  const isLoopback = isIpv4(remote.address) && (remote.address[0] as number) >>> 24 === LOOPBACK;
  return isLoopback || local.address.join() === remote.address.join();
}

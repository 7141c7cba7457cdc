import type { CloseEvent, ConnectionEvent, Role } from '../event.ts';
import type { SocketAddress } from '../tcp/endpoint.ts';
import { decodeIpAddress } from '../tcp/ip-address.ts';
import type { Flow } from './flow.ts';
import { type Idle, noPlace } from './idle-order.ts';
import type { Session } from './session.ts';

/** A TCP connection of a captured process, from its first event until it closed. */
export class Connection implements Idle<Connection> {
  readonly place = noPlace<Connection>();
  readonly id: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly role: Role;
  readonly netns: number;
  /** When it was established, unless that was before the capture. */
  readonly openedNs: number | undefined;
  /** The live sessions that it carries, nearly always one. */
  readonly sessions: Session[] = [];
  /** The open flow that has its addresses. */
  flow: Flow | undefined;
  /** Streams of the file that were begun under its addresses. */
  streams = 0;
  /** Whether its other end is captured too, and stands in the file under its addresses. */
  isSecondEnd = false;
  /** Its end, as soon as it is known; what was readable then may still be read. */
  closing: CloseEvent | undefined;

  constructor(event: ConnectionEvent) {
    this.id = event.connection;
    this.local = { address: decodeIpAddress(event.localAddress), port: event.localPort };
    this.remote = { address: decodeIpAddress(event.remoteAddress), port: event.remotePort };
    this.role = event.role;
    this.netns = event.netns;
    this.openedNs = event.seenOpening ? event.ktimeNs : undefined;
  }

  /** Its two ends, by which of them is the program's. */
  sockets(localIsClient: boolean): { client: SocketAddress; server: SocketAddress } {
    const { local, remote } = this;
    return localIsClient ? { client: local, server: remote } : { client: remote, server: local };
  }
}

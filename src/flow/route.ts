import { httpVersionOf } from '../http-sniff/sniff-start.ts';
import type { SocketAddress } from '../tcp/endpoint.ts';
import type { Connection } from './connection.ts';
import { type WrittenForm, writtenForm } from './port-rule.ts';
import type { Session } from './session.ts';
import { syntheticSockets } from './synthetic-address.ts';

/** Under which addresses, and in which form, a session's data goes into the file. */
export interface Route {
  /** Whose addresses these are; undefined if they are synthetic. */
  readonly connection: Connection | undefined;
  readonly client: SocketAddress;
  /** With the port that is written. */
  readonly server: SocketAddress;
  readonly realServerPort: number;
  readonly encapsulation: WrittenForm['encapsulation'];
}

export function realRoute(session: Session, connection: Connection): Route {
  const { local, remote } = connection;
  return session.isClient
    ? route(session, connection, local, remote)
    : route(session, connection, remote, local);
}

export function syntheticRoute(session: Session): Route {
  const { client, server } = syntheticSockets(session.id, session.protocol);
  return route(session, undefined, client, server);
}

function route(
  session: Session,
  connection: Connection | undefined,
  client: SocketAddress,
  server: SocketAddress,
): Route {
  const http = session.start && httpVersionOf(session.start.bytes);
  const form = writtenForm(session.protocol, client.port, server.port, http);
  return {
    connection,
    client,
    server: { address: server.address, port: form.serverPort },
    realServerPort: server.port,
    encapsulation: form.encapsulation,
  };
}

/** The route's 4-tuple, as a key. */
export function tupleOf({ client, server }: Route): string {
  return [...client.address, client.port, ...server.address, server.port].join();
}

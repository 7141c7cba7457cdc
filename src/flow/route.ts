import { httpVersionOf } from '../http-sniff/sniff-start.ts';
import type { SocketAddress } from '../tcp/endpoint.ts';
import { chosenForm } from './chosen-form.ts';
import type { Connection } from './connection.ts';
import type { FileForm } from './file-form.ts';
import type { WrittenForm } from './port-rule.ts';
import type { Session } from './session.ts';
import { otherEndAddress, syntheticSockets } from './synthetic-address.ts';

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

/** That of the connection; of its second end with an address for the client that is synthetic. */
export function realRoute(form: FileForm, session: Session, connection: Connection): Route {
  const { client, server } = connection.sockets(session.isClient);
  const written = connection.isSecondEnd
    ? { address: otherEndAddress(connection.id, client.address), port: client.port }
    : client;
  return route(form, session, connection, written, server);
}

export function syntheticRoute(form: FileForm, session: Session): Route {
  const { client, server } = syntheticSockets(session.id, session.protocol);
  return route(form, session, undefined, client, server);
}

function route(
  fileForm: FileForm,
  session: Session,
  connection: Connection | undefined,
  client: SocketAddress,
  server: SocketAddress,
): Route {
  const http = session.start && httpVersionOf(session.start.bytes);
  const form = chosenForm(fileForm, session.protocol, client.port, server.port, http);
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

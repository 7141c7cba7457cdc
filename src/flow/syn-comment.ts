import { basename } from 'node:path';
import { formatSocketAddress } from '../tcp/endpoint.ts';
import { formatIpAddress } from '../tcp/ip-address.ts';
import { handshakeFacts } from '../text/handshake-facts.ts';
import { nameOf } from './process-table.ts';
import type { Route } from './route.ts';
import type { Session } from './session.ts';

/**
 * The comment of a stream's first packet: whose data it has, and what of it is not as it was on
 * the wire.
 */
export function synComment(session: Session, route: Route, remark?: string): string {
  const facts = [contents(session)];
  if (session.handshake) facts.push(handshakeFacts(session.handshake));
  if (route.encapsulation === 'null-tls') {
    facts.push('the TLS version and cipher shown are synthetic');
  }
  if (route.connection && route.server.port !== route.realServerPort) {
    facts.push(`real server port ${route.realServerPort}`);
  }
  facts.push(...connectionFacts(session, route));
  if (session.isResumed) facts.push('goes on from a stream that was closed as idle');
  if (session.earlierBytes > 0) facts.push(`${session.earlierBytes} bytes were before this file`);
  if (remark !== undefined) facts.push(remark);
  return `plaincap: ${facts.join('; ')}`;
}

function contents({ protocol, process, library }: Session): string {
  if (protocol === 'plain') return `TCP payload of ${nameOf(process)}`;
  const through = library === '' ? '' : ` through ${basename(library)}`;
  return `TLS plaintext of ${nameOf(process)}${through}`;
}

function connectionFacts({ connection, isClient }: Session, route: Route): string[] {
  if (connection === undefined) return ['connection unknown, addresses are synthetic'];
  const isOlder = connection.openedNs === undefined;
  const facts = isOlder ? ['connection older than the capture'] : [];
  if (route.connection === undefined) {
    const local = formatSocketAddress(connection.local);
    const remote = formatSocketAddress(connection.remote);
    facts.push(`addresses are synthetic, as another stream has ${local} and ${remote}`);
  } else if (connection.isSecondEnd) {
    const { client } = connection.sockets(isClient);
    const written = formatIpAddress(route.client.address);
    facts.push(
      `seen by the other end than in another stream; client ${written} is really ` +
        formatSocketAddress(client),
    );
  }
  return facts;
}

import type { HandshakeEvent, HandshakeFailureEvent } from '../../src/event.ts';
import { cipherSuiteName, versionName } from '../../src/tls-names/tls-names.ts';
import type { Agreed } from './node-server.ts';
import { readEvents } from './recorded-calls.ts';

/** The handshakes that a recording tells of; each must be the only one of its session. */
export async function readHandshakes(recording: string): Promise<HandshakeEvent[]> {
  const handshakes: HandshakeEvent[] = [];
  const begun = new Set<number>();
  await readEvents(recording, (event) => {
    if (event.kind === 'data') begun.add(event.session);
    if (event.kind !== 'handshake') return;
    if (begun.has(event.session)) throw new Error(`a handshake after data: ${event.session}`);
    begun.add(event.session);
    handshakes.push(event);
  });
  return handshakes;
}

/** Those that failed; each must be the only one of its session, which has no data. */
export async function readFailures(recording: string): Promise<HandshakeFailureEvent[]> {
  const failures = new Map<number, HandshakeFailureEvent>();
  await readEvents(recording, (event) => {
    if (event.kind === 'handshake-failure' && !failures.has(event.session)) {
      failures.set(event.session, event);
    } else if ('session' in event && event.kind !== 'session-end' && failures.has(event.session)) {
      throw new Error(`a ${event.kind} event after a failed handshake: ${event.session}`);
    }
  });
  return [...failures.values()];
}

/** In the words of node. */
export function agreedIn({ version, cipherSuite, alpn, serverName }: HandshakeEvent): Agreed {
  return {
    version: versionName(version).replace('TLS ', 'TLSv'),
    cipherSuite: cipherSuiteName(cipherSuite),
    alpn,
    serverName,
  };
}

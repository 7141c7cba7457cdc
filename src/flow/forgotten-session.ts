import type { DataEvent, HandshakeEvent, SessionEvent } from '../event.ts';
import type { Snaplen } from '../snaplen.ts';
import type { Process } from './process-table.ts';
import { Session } from './session.ts';

/** Of system calls; functions of TLS libraries have other characters too. */
const SYSTEM_CALL = /^[a-z0-9]+$/;

/** The protocol of a session of which no more is known than that a function was called. */
export function protocolOf(functionName: string): SessionEvent['protocol'] {
  return SYSTEM_CALL.test(functionName) ? 'plain' : 'tls';
}

/** A session of which no more is known than what an event of it tells. */
export function forgottenSession(
  event: DataEvent | HandshakeEvent,
  process: Process,
  snaplen: Snaplen,
): Session {
  const { ktimeNs, session: id, pid } = event;
  const protocol = protocolOf(event.function);
  const none = { library: '', connection: 0, evidence: 'none' } as const;
  const told = { kind: 'session', ktimeNs, session: id, pid, protocol, ...none } as const;
  const session = new Session(told, process, snaplen);
  session.reads.isForgotten = true;
  session.writes.isForgotten = true;
  session.waitsNoMore = true;
  return session;
}

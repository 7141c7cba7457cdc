import type { DataEvent, HandshakeEvent } from '../event.ts';
import type { Snaplen } from '../snaplen.ts';
import type { Process } from './process-table.ts';
import { Session } from './session.ts';

/** Of system calls; functions of TLS libraries have other characters too. */
const SYSTEM_CALL = /^[a-z0-9]+$/;

/** A session of which no more is known than what an event of it tells. */
export function forgottenSession(
  event: DataEvent | HandshakeEvent,
  process: Process,
  snaplen: Snaplen,
): Session {
  const { ktimeNs, session: id, pid } = event;
  const protocol = SYSTEM_CALL.test(event.function) ? 'plain' : 'tls';
  const none = { library: '', connection: 0, evidence: 'none' } as const;
  const told = { kind: 'session', ktimeNs, session: id, pid, protocol, ...none } as const;
  const session = new Session(told, process, snaplen);
  session.reads.isForgotten = true;
  session.writes.isForgotten = true;
  session.waitsNoMore = true;
  return session;
}

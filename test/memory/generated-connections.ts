import type { DataEvent, Event } from '../../src/event.ts';

export interface GeneratedOptions {
  readonly connections: number;
  /** Whose connections they are, in turn. */
  readonly processes: number;
  /** Of so many connections one gets neither the end of its session nor its close. */
  readonly endlessEach: number;
}

const STEP_NS = 10_000;
const FIRST_PID = 1000;
const REQUEST = Buffer.from('GET /short HTTP/1.1\r\nHost: example.com\r\n\r\n');
const RESPONSE = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');

/** Events of short connections, one after the other: a request, its response, the end. */
export function* generatedConnections(options: GeneratedOptions): Generator<Event> {
  for (let id = 1; id <= options.connections; id++) {
    const pid = FIRST_PID + (id % options.processes);
    const ktimeNs = id * STEP_NS;
    if (id <= options.processes) {
      yield { kind: 'process', ktimeNs, pid, comm: 'curl', exe: `/usr/bin/curl-${pid}`, uid: 0 };
    }
    yield {
      kind: 'connection',
      ktimeNs,
      connection: id,
      localAddress: Uint8Array.of(10, id >>> 16, id >>> 8, id),
      remoteAddress: Uint8Array.of(192, 0, 2, 1),
      localPort: 50_000,
      remotePort: 443,
      role: 'client',
      netns: 1,
      seenOpening: true,
    };
    yield {
      kind: 'session',
      ktimeNs,
      session: id,
      pid,
      protocol: 'tls',
      library: '/usr/lib/x86_64-linux-gnu/libssl.so.3',
      connection: id,
      evidence: 'fingerprint',
    };
    yield data(id, pid, 'write', REQUEST);
    yield data(id, pid, 'read', RESPONSE);
    if (id % options.endlessEach === 0) continue;
    const [readPosition, writePosition] = [RESPONSE.length, REQUEST.length];
    yield { kind: 'session-end', ktimeNs, session: id, readPosition, writePosition };
    const fin = { finBy: 'local', finKtimeNs: ktimeNs } as const;
    const end = { cause: 'fin', by: 'local', readable: false, ...fin } as const;
    yield { kind: 'close', ktimeNs, connection: id, ...end };
  }
}

function data(
  id: number,
  pid: number,
  direction: DataEvent['direction'],
  payload: Uint8Array,
): DataEvent {
  return {
    kind: 'data',
    ktimeNs: id * STEP_NS,
    durationNs: 0,
    session: id,
    pid,
    tid: pid,
    direction,
    function: direction === 'read' ? 'SSL_read' : 'SSL_write',
    position: 0,
    callOffset: 0,
    originalLength: payload.length,
    payload,
    payloadStart: 0,
    capturedLength: payload.length,
  };
}

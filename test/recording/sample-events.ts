import type { DataEvent, Event } from '../../src/event.ts';

function data(direction: 'read' | 'write', text: string, ktimeNs: number): DataEvent {
  const payload = Buffer.from(text);
  return {
    kind: 'data',
    ktimeNs,
    durationNs: 700,
    session: 1,
    pid: 42,
    tid: 43,
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

/** One request of curl and its answer: 8 events, 18 and 38 bytes. */
export const SAMPLE_EVENTS: readonly Event[] = [
  { kind: 'process', ktimeNs: 1e6, pid: 42, comm: 'curl', exe: '/usr/bin/curl', uid: 1000 },
  {
    kind: 'connection',
    ktimeNs: 2e6,
    connection: 1,
    localAddress: Uint8Array.of(127, 0, 0, 1),
    remoteAddress: Uint8Array.of(127, 0, 0, 2),
    localPort: 40_000,
    remotePort: 443,
    role: 'client',
    netns: 4_026_531_840,
    seenOpening: true,
  },
  {
    kind: 'session',
    ktimeNs: 3e6,
    session: 1,
    pid: 42,
    protocol: 'tls',
    library: '/lib/x86_64-linux-gnu/libssl.so.3',
    connection: 1,
    evidence: 'nested',
  },
  data('write', 'GET / HTTP/1.1\r\n\r\n', 4e6),
  data('read', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 5e6),
  { kind: 'session-end', ktimeNs: 6e6, session: 1, readPosition: 38, writePosition: 18 },
  {
    kind: 'close',
    ktimeNs: 7e6,
    connection: 1,
    cause: 'fin',
    by: 'local',
    readable: false,
    finBy: 'local',
    finKtimeNs: 7e6,
  },
  { kind: 'statistics', ktimeNs: 8e6, calls: 2, bytes: 56, lost: [], contradictions: 0 },
];

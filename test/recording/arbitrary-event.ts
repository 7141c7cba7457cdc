import fc from 'fast-check';
import type { DataEvent, Event, SessionEvent } from '../../src/event.ts';
import { MAX_COUNT, MAX_TIME_NS } from '../../src/recording/format.ts';

const text = fc.string({ unit: 'grapheme' });
const uint32 = fc.nat(0xffff_ffff);
const uint16 = fc.nat(0xffff);
/** Small ones and large ones alike, so that every width of a CBOR integer occurs. */
const count = fc.oneof(fc.nat(300), fc.nat(0xffff_ffff), fc.integer({ min: 0, max: MAX_COUNT }));
const quarter = count.map((value) => Math.floor(value / 4));
const id = count.map((value) => Math.max(1, value));
const durationNs = count.map((value) => Math.min(value, MAX_TIME_NS));
const ktimeNs = fc.oneof(
  durationNs,
  fc.integer({ min: -70_000, max: 0 }),
  fc.integer({ min: -MAX_TIME_NS, max: MAX_TIME_NS }),
);
const addressLength = fc.constantFrom(4, 16);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const processEvent = fc.record({
  kind: fc.constant('process' as const),
  ktimeNs,
  pid: uint32,
  comm: text,
  exe: text,
  uid: uint32,
});

const connectionEvent = addressLength.chain((length) =>
  fc.record({
    kind: fc.constant('connection' as const),
    ktimeNs,
    connection: id,
    localAddress: bytes(length),
    remoteAddress: bytes(length),
    localPort: uint16,
    remotePort: uint16,
    role: fc.constantFrom('client' as const, 'server' as const, 'unknown' as const),
    netns: uint32,
    seenOpening: fc.boolean(),
  }),
);

const sessionEvent: fc.Arbitrary<SessionEvent> = fc
  .record({
    kind: fc.constant('session' as const),
    ktimeNs,
    session: id,
    pid: uint32,
    protocol: fc.constantFrom('tls' as const, 'plain' as const),
    library: text,
    connection: count,
    evidence: fc.constantFrom('none', 'nested', 'set-fd', 'fingerprint', 'socket'),
    positions: fc.option(fc.record({ readPosition: count, writePosition: count })),
  })
  .map(({ positions, ...event }): SessionEvent => ({ ...event, ...positions }));

/** Payloads that stand anywhere in a longer buffer, calls that were longer than what was captured. */
export const dataEvent: fc.Arbitrary<DataEvent> = fc
  .record({
    kind: fc.constant('data' as const),
    ktimeNs,
    durationNs,
    session: id,
    pid: uint32,
    tid: uint32,
    direction: fc.constantFrom('read' as const, 'write' as const),
    function: fc.constantFrom('SSL_read', 'SSL_write', 'SSL_read_ex', 'gnutls_record_send'),
    position: count,
    callOffset: fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)),
    payload: fc.uint8Array({ maxLength: 400 }),
    before: fc.nat(20),
    after: fc.nat(20),
    lost: fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)),
  })
  .map(({ before, after, lost, ...event }) => {
    const payloadStart = Math.min(before, event.payload.length);
    const capturedLength = Math.max(0, event.payload.length - payloadStart - after);
    const originalLength = event.callOffset + capturedLength + lost;
    // No call began before 1970, as the longest time before the capture may be.
    const durationNs = Math.min(event.durationNs, event.ktimeNs + MAX_TIME_NS);
    return { ...event, durationNs, payloadStart, capturedLength, originalLength };
  });

const handshakeEvent = fc.record({
  kind: fc.constantFrom('handshake' as const, 'handshake-failure' as const),
  ktimeNs,
  durationNs,
  session: id,
  pid: uint32,
  tid: uint32,
  function: text,
  role: fc.constantFrom('client' as const, 'server' as const, 'unknown' as const),
  version: uint16,
  cipherSuite: uint16,
  serverName: text,
  alpn: text,
});

const sessionEndEvent = fc.record({
  kind: fc.constant('session-end' as const),
  ktimeNs,
  session: id,
  readPosition: count,
  writePosition: count,
});

const closeEvent = fc.record({
  kind: fc.constant('close' as const),
  ktimeNs,
  connection: id,
  cause: fc.constantFrom('fin' as const, 'rst' as const),
  by: fc.constantFrom('local' as const, 'remote' as const),
  readable: fc.boolean(),
  finBy: fc.constantFrom('local' as const, 'remote' as const, 'none' as const),
  finKtimeNs: ktimeNs,
});

const statisticsEvent = fc.record({
  kind: fc.constant('statistics' as const),
  ktimeNs,
  calls: count,
  bytes: count,
  lost: fc.array(fc.record({ reason: text, calls: quarter, bytes: quarter }), { maxLength: 4 }),
  contradictions: count,
});

export const plainEvent = fc.oneof(
  processEvent,
  connectionEvent,
  sessionEvent,
  handshakeEvent,
  sessionEndEvent,
  closeEvent,
  statisticsEvent,
);

/** Any event that the types of event.ts allow. */
export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: plainEvent },
  { weight: 1, arbitrary: dataEvent },
);

/** Any events in an order that event.ts allows: what they name is told before. */
export const anyEvents: fc.Arbitrary<Event[]> = fc
  .array(anyEvent, { maxLength: 30 })
  .map((events) => {
    const told = new Set<string>();
    const inOrder: Event[] = [];
    for (const event of events) {
      const { ktimeNs } = event;
      const pid = 'pid' in event ? event.pid : 1;
      const tell = (earlier: Event, id: number) => {
        if (!told.has(`${earlier.kind} ${id}`)) inOrder.push(earlier);
        told.add(`${earlier.kind} ${id}`);
      };
      tell({ kind: 'process', ktimeNs, pid, comm: 'a', exe: '', uid: 0 }, pid);
      if ('session' in event) {
        const { session } = event;
        const [protocol, evidence] = ['tls', 'none'] as const;
        const names = { session, pid, connection: 0, library: '' };
        tell({ kind: 'session', ktimeNs, protocol, evidence, ...names }, session);
        if (event.kind === 'session-end') told.delete(`session ${session}`);
      }
      inOrder.push(event);
    }
    return inOrder;
  });

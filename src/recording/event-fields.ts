import type { Event, HandshakeEvent } from '../event.ts';
import {
  address,
  boolean,
  count,
  duration,
  type Field,
  id,
  idOrNone,
  lossCounts,
  optional,
  text,
  time,
  uint16,
  uint32,
  word,
} from './field.ts';

/** Every kind but `data`, which has a codec of its own for its speed: data-encoder.ts, data-decoder.ts. */
export type PlainKind = Exclude<Event['kind'], 'data'>;

export type PlainEvent = Extract<Event, { kind: PlainKind }>;

type FieldsOf<E> = { readonly [Name in Exclude<keyof E, 'kind'>]-?: Field<E[Name]> };

const HANDSHAKE_FIELDS: FieldsOf<HandshakeEvent> = {
  ktimeNs: time,
  durationNs: duration,
  session: id,
  pid: uint32,
  tid: uint32,
  function: text,
  role: word('client', 'server', 'unknown'),
  version: uint16,
  cipherSuite: uint16,
  serverName: text,
  alpn: text,
};

/**
 * The fields of each event in the order in which they stand in its item, after the kind's code.
 * New ones may be added at an end: readers ignore fields that they do not know.
 */
export const EVENT_FIELDS: {
  readonly [Kind in PlainKind]: FieldsOf<Extract<PlainEvent, { kind: Kind }>>;
} = {
  process: { ktimeNs: time, pid: uint32, comm: text, exe: text, uid: uint32 },
  connection: {
    ktimeNs: time,
    connection: id,
    localAddress: address,
    remoteAddress: address,
    localPort: uint16,
    remotePort: uint16,
    role: word('client', 'server', 'unknown'),
    netns: uint32,
    seenOpening: boolean,
  },
  session: {
    ktimeNs: time,
    session: id,
    pid: uint32,
    protocol: word('tls', 'plain'),
    library: text,
    connection: idOrNone,
    evidence: word('none', 'nested', 'set-fd', 'fingerprint', 'socket'),
    readPosition: optional(count),
    writePosition: optional(count),
  },
  handshake: HANDSHAKE_FIELDS,
  'handshake-failure': HANDSHAKE_FIELDS,
  'session-end': { ktimeNs: time, session: id, readPosition: count, writePosition: count },
  close: {
    ktimeNs: time,
    connection: id,
    cause: word('fin', 'rst'),
    by: word('local', 'remote'),
    readable: boolean,
    finBy: word('local', 'remote', 'none'),
    finKtimeNs: time,
  },
  statistics: {
    ktimeNs: time,
    calls: count,
    bytes: count,
    lost: lossCounts,
    contradictions: count,
  },
};

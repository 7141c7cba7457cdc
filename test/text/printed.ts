import {
  type ConnectionEvent,
  type DataEvent,
  type Event,
  emptyDataEvent,
  type HandshakeEvent,
  type SessionEvent,
} from '../../src/event.ts';
import { createPrinter } from '../../src/text/printer.ts';
import { PLAIN_STYLE, type TextStyle } from '../../src/text/text-style.ts';
import { HEADER } from '../recording/recorded.ts';
import { MemoryText } from './memory-text.ts';

/** The events as a text in the style. */
export function print(events: Iterable<Event>, style: Partial<TextStyle> = {}): string {
  const output = new MemoryText();
  const printer = createPrinter(HEADER, output, { ...PLAIN_STYLE, ...style });
  for (const event of events) printer.handle(event);
  printer.end();
  return output.text;
}

/** The objects that stand for the events. */
export function printJson(events: Iterable<Event>): Record<string, unknown>[] {
  const lines = print(events, { json: true }).split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  return lines.map((line) => JSON.parse(line));
}

export const CURL: Event = {
  kind: 'process',
  ktimeNs: 0,
  pid: 42,
  comm: 'curl',
  exe: '/usr/bin/curl',
  uid: 0,
};

export function connection(known: Partial<ConnectionEvent> = {}): ConnectionEvent {
  return {
    kind: 'connection',
    ktimeNs: 0,
    connection: 1,
    localAddress: Uint8Array.of(10, 0, 0, 1),
    remoteAddress: Uint8Array.of(10, 0, 0, 2),
    localPort: 40_000,
    remotePort: 443,
    role: 'client',
    netns: 1,
    seenOpening: true,
    ...known,
  };
}

export function session(known: Partial<SessionEvent> = {}): SessionEvent {
  return {
    kind: 'session',
    ktimeNs: 0,
    session: 1,
    pid: 42,
    protocol: 'tls',
    library: '/lib/libssl.so.3',
    connection: 1,
    evidence: 'fingerprint',
    ...known,
  };
}

export function data(payload: string | Uint8Array, known: Partial<DataEvent> = {}): DataEvent {
  const bytes = Buffer.from(payload as string);
  return {
    ...emptyDataEvent(),
    session: 1,
    pid: 42,
    tid: 43,
    durationNs: 27_100,
    function: known.direction === 'write' ? 'SSL_write' : 'SSL_read',
    originalLength: bytes.length,
    payload: bytes,
    capturedLength: bytes.length,
    ...known,
  };
}

export function handshake(known: Partial<HandshakeEvent> = {}): HandshakeEvent {
  return {
    kind: 'handshake',
    ktimeNs: 0,
    durationNs: 12_345_678,
    session: 1,
    pid: 42,
    tid: 43,
    function: 'SSL_do_handshake',
    role: 'client',
    version: 0x0304,
    cipherSuite: 0x1301,
    serverName: 'example.org',
    alpn: 'h2',
    ...known,
  };
}

import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectionSelection } from '../../src/capture/connection-selection.ts';
import { type ConnectionEvent, type Event, emptyDataEvent } from '../../src/event.ts';

let told: Event[];
let selection: ConnectionSelection;

beforeEach(() => {
  told = [];
  selection = new ConnectionSelection((event) => told.push({ ...event }));
});

/** In the form `kind session-or-connection payload`. */
const lines = () =>
  told.map((event) => {
    if (event.kind === 'data') {
      const { payloadStart, capturedLength } = event;
      const bytes = event.payload.subarray(payloadStart, payloadStart + capturedLength);
      return `data ${event.session} ${Buffer.from(bytes)}`;
    }
    if (event.kind === 'process') return `process ${event.pid}`;
    if (event.kind === 'session') return `session ${event.session} on ${event.connection}`;
    return event.kind === 'connection' || event.kind === 'close'
      ? `${event.kind} ${event.connection}`
      : event.kind;
  });

/** As a source does, all data comes in the same object and the same buffer. */
const data = emptyDataEvent();
data.payload = new Uint8Array(1024 * 1024);
function tellData(session: number, text: string | number): void {
  const bytes = typeof text === 'number' ? Buffer.alloc(text) : Buffer.from(text);
  data.payload.set(bytes);
  data.session = session;
  data.capturedLength = data.originalLength = bytes.length;
  selection.handle(data);
}

function tellProcess(pid: number): void {
  selection.handle({ kind: 'process', ktimeNs: 0, pid, comm: 'x', exe: '/x', uid: 0 });
}

function tellConnection(connection: number, excluded: boolean): void {
  const event = { kind: 'connection', ktimeNs: 0, connection, ...(excluded && { excluded }) };
  selection.handle(event as ConnectionEvent);
}

function tellSession(session: number, pid: number, connection: number): void {
  const what = { protocol: 'tls', library: 'libssl', evidence: 'none' } as const;
  selection.handle({ kind: 'session', ktimeNs: 0, session, pid, connection, ...what });
}

function tellEnd(session: number): void {
  selection.handle({ kind: 'session-end', ktimeNs: 0, session, readPosition: 0, writePosition: 0 });
}

describe('connections that are asked for', () => {
  it('are let through, with what came before they were known, in its order', () => {
    tellProcess(7);
    tellSession(1, 7, 0);
    tellData(1, 'request');
    tellData(1, 'more');
    expect(told).toEqual([]);
    tellConnection(5, false);
    tellSession(1, 7, 5);
    tellData(1, 'response');
    tellEnd(1);
    expect(lines()).toEqual([
      'connection 5',
      'process 7',
      'session 1 on 0',
      'data 1 request',
      'data 1 more',
      'session 1 on 5',
      'data 1 response',
      'session-end',
    ]);
    selection.end();
    expect(selection.leftOut).toEqual({ sessions: 0, bytes: 0 });
  });

  it('tell of their process once, and again after an exec', () => {
    for (const session of [1, 2, 3]) {
      if (session !== 2) tellProcess(7);
      tellConnection(session, false);
      tellSession(session, 7, session);
    }
    expect(lines().filter((line) => line === 'process 7')).toHaveLength(2);
  });
});

describe('connections that are not', () => {
  it('leave no trace, nor do their processes and what waited for them', () => {
    tellProcess(7);
    tellSession(1, 7, 0);
    tellData(1, 'secret');
    tellConnection(5, true);
    tellSession(1, 7, 5);
    tellData(1, 'secret');
    tellEnd(1);
    selection.handle({ kind: 'close', ktimeNs: 0, connection: 5, cause: 'fin' } as Event);
    selection.end();
    expect(lines()).toEqual([]);
    expect(selection.leftOut).toEqual({ sessions: 0, bytes: 0 });
  });
});

describe('connections that nobody knows', () => {
  it('are left out and counted, if they end or the capture does', () => {
    for (const session of [1, 2]) {
      tellProcess(session);
      tellSession(session, session, 0);
      tellData(session, 'secret');
    }
    tellEnd(1);
    expect(selection.leftOut).toEqual({ sessions: 1, bytes: 6 });
    selection.end();
    expect(selection.leftOut).toEqual({ sessions: 2, bytes: 12 });
    expect(lines()).toEqual([]);
  });

  it('hold no more than they may, and what is too much is counted', () => {
    tellProcess(7);
    tellSession(1, 7, 0);
    for (let call = 0; call < 5; call++) tellData(1, 64 * 1024);
    tellData(1, 'later');
    tellConnection(5, false);
    tellSession(1, 7, 5);
    expect(lines().filter((line) => line.startsWith('data'))).toHaveLength(4);
    expect(selection.leftOut).toEqual({ sessions: 0, bytes: 64 * 1024 + 5 });
  });
});

import { expect, test } from 'vitest';
import type { Event } from '../../src/event.ts';
import { SessionTable } from '../../src/text/session-table.ts';
import { SAMPLE_EVENTS } from '../recording/sample-events.ts';

const [PROCESS, CONNECTION, SESSION, WRITE, READ, END] = SAMPLE_EVENTS as [
  Event,
  Event,
  Extract<Event, { kind: 'session' }>,
  Extract<Event, { kind: 'data' }>,
  Extract<Event, { kind: 'data' }>,
  Extract<Event, { kind: 'session-end' }>,
];
const ONE = { sessions: 1, idleConnections: 0, processes: 1 };

test('a session that was forgotten goes on without its connection, and nothing is lost', () => {
  const table = new SessionTable(undefined, ONE);
  const events = [PROCESS, CONNECTION, SESSION, WRITE];
  for (const event of events) table.tell(event);
  table.advance(WRITE);
  for (const event of [
    { ...PROCESS, pid: 7 } as Event,
    { ...SESSION, session: 2, pid: 7 },
    { ...READ, position: 500 },
  ]) {
    table.tell(event);
  }
  expect(table.advance({ ...READ, position: 500 })).toBe(0);
  expect(table.session(1).connection).toBeUndefined();
  expect(table.comm(42)).toBe('');
  expect(table.advance({ ...READ, position: 1000 })).toBe(1000 - 500 - READ.capturedLength);
  expect(table.lostAtEnd({ ...END, writePosition: 9999, readPosition: 0 })).toEqual({
    read: 0,
    write: 0,
  });
});

test('before anything is forgotten, what nobody told of is an error', () => {
  const table = new SessionTable(undefined, ONE);
  table.tell(WRITE);
  expect(() => table.session(1)).toThrow('no event told of session 1');
  expect(() => table.comm(42)).toThrow('no event told of process 42');
});

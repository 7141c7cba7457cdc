import { expect, test } from 'vitest';
import type { Event } from '../src/event.ts';
import { LiveState } from '../src/live-state.ts';
import { SAMPLE_EVENTS } from './recording/sample-events.ts';

const [PROCESS, CONNECTION, SESSION, WRITE, READ, END, CLOSE] = SAMPLE_EVENTS as [
  Event,
  Event,
  Extract<Event, { kind: 'session' }>,
  Event,
  Event,
  Event,
  Extract<Event, { kind: 'close' }>,
];

const HANDSHAKE: Event = {
  kind: 'handshake',
  ktimeNs: 3e6,
  durationNs: 1,
  session: 1,
  pid: 42,
  tid: 43,
  function: 'SSL_connect',
  role: 'client',
  version: 0x0304,
  cipherSuite: 0x1301,
  serverName: 'example.com',
  alpn: '',
};

/** What is told after these events. */
function toldAfter(...events: Event[]): Event[] {
  const state = new LiveState();
  for (const event of events) state.handle(event);
  const told: Event[] = [];
  state.tell((event) => told.push(event));
  return told;
}

test('a session is told with where its data goes on', () => {
  expect(toldAfter(PROCESS, CONNECTION, SESSION, HANDSHAKE, WRITE)).toEqual([
    PROCESS,
    CONNECTION,
    { ...SESSION, readPosition: 0, writePosition: 18 },
    HANDSHAKE,
  ]);
  expect(toldAfter(PROCESS, CONNECTION, SESSION, WRITE, READ)).toContainEqual({
    ...SESSION,
    readPosition: 38,
    writePosition: 18,
  });
});

test('a session without data is told as it was', () => {
  expect(toldAfter(PROCESS, CONNECTION, SESSION)).toEqual([PROCESS, CONNECTION, SESSION]);
});

test('what ended is forgotten, but for processes', () => {
  expect(toldAfter(...SAMPLE_EVENTS)).toEqual([PROCESS]);
  expect(toldAfter(PROCESS, CONNECTION, CLOSE)).toEqual([PROCESS]);
});

test('a connection that closed is told while it has a session', () => {
  const closing = { ...CLOSE, readable: true };
  const events = [PROCESS, CONNECTION, SESSION, closing];
  expect(toldAfter(...events)).toEqual(events);
  expect(toldAfter(...events, END)).toEqual([PROCESS]);
});

test('a session is told with the connection that it moved to', () => {
  const other = { ...CONNECTION, connection: 2 } as Event;
  const moved = { ...SESSION, connection: 2 };
  expect(toldAfter(PROCESS, CONNECTION, SESSION, other, moved)).toEqual([
    PROCESS,
    CONNECTION,
    other,
    moved,
  ]);
  expect(toldAfter(PROCESS, CONNECTION, SESSION, other, moved, CLOSE)).toEqual([
    PROCESS,
    other,
    moved,
  ]);
});

test('what a recording that began late told is passed on', () => {
  const late = { ...SESSION, readPosition: 5, writePosition: 1000 };
  expect(toldAfter(PROCESS, CONNECTION, late)).toEqual([PROCESS, CONNECTION, late]);
});

test('what is cut off behind the last data is not missing from what comes', () => {
  const state = new LiveState(10);
  const told: Event[] = [];
  const cut = { ...WRITE, capturedLength: 10 } as Event;
  for (const event of [PROCESS, CONNECTION, SESSION, cut]) state.handle(event);
  state.tell((event) => told.push(event));
  expect(told.at(-1)).toEqual({ ...SESSION, readPosition: 0, writePosition: 18 });
});

import { describe, expect, test } from 'vitest';
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

describe('of too many', () => {
  const ONE = { sessions: 1, idleConnections: 1, processes: 1 };
  const OTHER_PROCESS = { ...PROCESS, pid: 7 } as Event;
  const OTHER_SESSION = { ...SESSION, session: 2, pid: 7, connection: 0 };

  /** What is told after events, and of them what is to be told before a late one. */
  function toldBy(events: Event[], late: Event) {
    const state = new LiveState(undefined, ONE);
    for (const event of events) state.handle(event);
    const told: Event[] = [];
    state.tell((event) => told.push(event));
    return { told, untold: state.untold(late), state };
  }

  test('sessions, that which is idle longest is told as unbound if it goes on', () => {
    const events = [PROCESS, CONNECTION, SESSION, OTHER_PROCESS, OTHER_SESSION];
    const { told, untold, state } = toldBy(events, READ);
    expect(told).toEqual([OTHER_PROCESS, CONNECTION, OTHER_SESSION]);
    const nameless = { kind: 'process', ktimeNs: READ.ktimeNs, pid: 42, comm: '', exe: '', uid: 0 };
    expect(untold).toEqual([
      nameless,
      expect.objectContaining({ session: 1, pid: 42, protocol: 'tls', connection: 0 }),
    ]);
    state.handle(READ);
    const next: Event[] = [];
    state.tell((event) => next.push(event));
    expect(next).toContainEqual(expect.objectContaining({ session: 1, readPosition: 38 }));
    expect(state.untold(READ)).toEqual([]);
  });

  test('sessions, the end of one that is forgotten tells of no loss', () => {
    const { untold } = toldBy([PROCESS, SESSION, OTHER_PROCESS, OTHER_SESSION], END);
    expect(untold.at(-1)).toMatchObject({ session: 1, readPosition: 38, writePosition: 18 });
  });

  test('processes, one of a live session is told without its name', () => {
    const { told } = toldBy([PROCESS, SESSION, OTHER_PROCESS], READ);
    expect(told).toContainEqual(expect.objectContaining({ kind: 'process', pid: 42, comm: '' }));
    expect(told.at(-1)).toEqual(SESSION);
  });

  test('connections without a session, the earliest is not told', () => {
    const other = { ...CONNECTION, connection: 2 } as Event;
    expect(toldBy([PROCESS, CONNECTION, other], PROCESS).told).toEqual([PROCESS, other]);
  });
});

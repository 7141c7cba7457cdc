import { expect, test } from 'vitest';
import type { CaptureHeader, Event } from '../../src/event.ts';
import { EventRules } from '../../src/recording/event-rules.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { HEADER } from './recorded.ts';

const process = (pid: number, ktimeNs = 0): Event => ({
  kind: 'process',
  ktimeNs,
  pid,
  comm: 'curl',
  exe: '',
  uid: 0,
});

const session = (id: number, pid: number): Event => ({
  kind: 'session',
  ktimeNs: 0,
  session: id,
  pid,
  protocol: 'tls',
  library: '',
  connection: 0,
  evidence: 'none',
});

const data = (id: number, pid: number): Event => ({
  kind: 'data',
  ktimeNs: 0,
  durationNs: 0,
  session: id,
  pid,
  tid: pid,
  direction: 'read',
  function: 'SSL_read',
  position: 0,
  callOffset: 0,
  originalLength: 0,
  payload: new Uint8Array(),
  payloadStart: 0,
  capturedLength: 0,
});

const end = (id: number): Event => ({
  kind: 'session-end',
  ktimeNs: 0,
  session: id,
  readPosition: 0,
  writePosition: 0,
});

function check(events: Event[], header: CaptureHeader = HEADER): void {
  const rules = new EventRules(header);
  for (const event of events) rules.require(event);
}

test('what is told may be named, also by another process and after it is told again', () => {
  check([process(1), process(2), session(7, 1), session(7, 2), data(7, 1), data(7, 2), end(7)]);
});

test.each([
  ['a session of no process', [session(7, 1)], 'no event told of process 1'],
  ['data of no process', [process(1), session(7, 1), data(7, 2)], 'no event told of process 2'],
  ['data of no session', [process(1), data(7, 1)], 'no event told of session 7'],
  ['the end of no session', [process(1), end(7)], 'no event told of session 7'],
  [
    'data after the end',
    [process(1), session(7, 1), end(7), data(7, 1)],
    'no event told of session 7',
  ],
])('%s breaks a rule', (_name, events, message) => {
  expect(() => check(events)).toThrow(new RecordingError(message));
});

test('times before 1970 do not exist', () => {
  const header = { ...HEADER, start: { epochNs: 5n, ktimeNs: 0n } };
  check([process(1, -5)], header);
  expect(() => check([process(1, -6)], header)).toThrow('a process event is of before 1970');
  const call = { ...data(7, 1), durationNs: 6 } as Event;
  expect(() => check([process(1), session(7, 1), call], header)).toThrow(
    'a data event is of before 1970',
  );
  check([process(1, -8e15)]);
});

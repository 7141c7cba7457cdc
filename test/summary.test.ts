import { expect, test } from 'vitest';
import type { Event, LossCount } from '../src/event.ts';
import { Tally } from '../src/summary.ts';

const connection: Event = {
  kind: 'connection',
  ktimeNs: 0,
  connection: 1,
  localAddress: new Uint8Array(4),
  remoteAddress: new Uint8Array(4),
  localPort: 1,
  remotePort: 2,
  role: 'client',
  netns: 0,
  seenOpening: true,
};

const data = (capturedLength: number): Event => ({
  kind: 'data',
  ktimeNs: 0,
  durationNs: 0,
  session: 1,
  pid: 1,
  tid: 1,
  direction: 'read',
  function: 'SSL_read',
  position: 0,
  callOffset: 0,
  originalLength: 100,
  payload: new Uint8Array(100),
  payloadStart: 0,
  capturedLength,
});

const statistics = (...lost: LossCount[]): Event => ({
  kind: 'statistics',
  ktimeNs: 0,
  calls: 2,
  bytes: 20,
  lost,
  contradictions: 0,
});

const gaps = (atStart: number, between: number, atEnd: number, leftOutBytes = 0) => ({
  lostBytes: { atStart, between, atEnd },
  leftOutBytes,
});

function tallyOf(...events: Event[]): Tally {
  const tally = new Tally();
  for (const event of events) tally.handle(event);
  return tally;
}

test.each([
  [tallyOf(), undefined, '0 events, 0 connections, 0 bytes; 0 bytes lost'],
  [tallyOf(connection), undefined, '1 event, 1 connection, 0 bytes; 0 bytes lost'],
  [
    tallyOf(connection, connection, data(9), data(0), data(8), statistics()),
    undefined,
    '6 events, 2 connections, 17 bytes; 0 bytes lost',
  ],
  [tallyOf(data(1)), gaps(1, 2, 3), '1 event, 0 connections, 1 byte; 6 bytes lost'],
  [tallyOf(), gaps(0, 0, 0, 5), '0 events, 0 connections, 0 bytes; 0 bytes lost, 5 bytes left out'],
  [
    tallyOf(
      statistics({ reason: 'ring-full', calls: 1, bytes: 1 }),
      statistics(
        { reason: 'ring-full', calls: 2, bytes: 70 },
        { reason: 'call-too-long', calls: 0, bytes: 0 },
        { reason: 'unreadable', calls: 1, bytes: 1 },
      ),
    ),
    gaps(0, 70, 0),
    '2 events, 0 connections, 0 bytes; 71 bytes lost ' +
      '(ring-full: 70 bytes of 2 calls, unreadable: 1 byte of 1 call)',
  ],
  [
    tallyOf(
      statistics(
        { reason: 'ring-full', calls: 1, bytes: 1 },
        { reason: 'snaplen', calls: 2, bytes: 500 },
      ),
    ),
    gaps(0, 1, 0),
    '1 event, 0 connections, 0 bytes; 1 byte lost (ring-full: 1 byte of 1 call), ' +
      '500 bytes cut off by --snaplen',
  ],
])('%#: %s', (tally, summary, line) => {
  expect(tally.line(summary)).toBe(line);
});

test('what readers missed is told apart from what was lost', () => {
  const tally = tallyOf(data(5), statistics({ reason: 'ring-full', calls: 1, bytes: 7 }));
  const shortfall = { ...gaps(0, 0, 0), missedBytes: 1, unfinishedReaders: 2 };
  expect(tally.line(shortfall)).toMatch(
    /; 7 bytes lost \(ring-full: .*\), 1 byte missed by slow readers, 2 readers without the end$/,
  );
});

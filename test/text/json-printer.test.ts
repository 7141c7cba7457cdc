import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HandshakeEvent, HandshakeFailureEvent } from '../../src/event.ts';
import { anyEvents } from '../recording/arbitrary-event.ts';
import { kept } from '../recording/recorded.ts';
import { CURL, connection, data, handshake, print, printJson, session } from './printed.ts';

const OPENED = [CURL, connection(), session()];
const TIME = '2025-11-21T01:53:20.123456789Z';

test('the first line tells of the capture', () => {
  expect(printJson([])).toEqual([
    {
      kind: 'capture',
      time: TIME,
      plaincapVersion: '0.1.0',
      hostname: 'bench',
      kernel: 'Linux 6.1.0 x86_64',
      connectionSource: 'kprobe',
    },
  ]);
});

test('every event is a line', () => {
  const [, process, connected, begun] = printJson(OPENED);
  expect(process).toEqual({ ...CURL, time: TIME });
  expect(connected).toEqual({
    ...connection(),
    time: TIME,
    localAddress: '10.0.0.1',
    remoteAddress: '10.0.0.2',
  });
  expect(begun).toEqual({
    ...session(),
    time: TIME,
    comm: 'curl',
    local: '10.0.0.1:40000',
    remote: '10.0.0.2:443',
  });
});

test('data has its bytes in base64, and as text where they are', () => {
  const [text, bytes] = printJson([
    ...OPENED,
    data('Grüße\r\n'),
    data(Uint8Array.of(0xff, 0), { position: 20 }),
  ]).slice(4);
  const { payload, payloadStart, ...fields } = data('Grüße\r\n');
  expect(text).toEqual({
    ...fields,
    time: TIME,
    comm: 'curl',
    local: '10.0.0.1:40000',
    remote: '10.0.0.2:443',
    evidence: 'fingerprint',
    lostBefore: 0,
    text: 'Grüße\r\n',
    data: Buffer.from('Grüße\r\n').toString('base64'),
  });
  expect(bytes).toMatchObject({ data: '/wA=', lostBefore: 11 });
  expect(bytes).not.toHaveProperty('text');
});

test.each(['handshake', 'handshake-failure'] as const)('a %s has its names', (kind) => {
  const event = { ...handshake(), kind } as HandshakeEvent | HandshakeFailureEvent;
  expect(printJson([...OPENED, event]).at(-1)).toEqual({
    ...event,
    time: TIME,
    versionName: 'TLS 1.3',
    cipherSuiteName: 'TLS_AES_128_GCM_SHA256',
    comm: 'curl',
    local: '10.0.0.1:40000',
    remote: '10.0.0.2:443',
    evidence: 'fingerprint',
  });
});

test('a connection that is not known is null', () => {
  const events = [CURL, session({ connection: 0, evidence: 'none' }), data('a')];
  expect(printJson(events).at(-1)).toMatchObject({ local: null, remote: null, evidence: 'none' });
});

test('a session’s end tells what was lost before it', () => {
  const end = { kind: 'session-end', ktimeNs: 0, session: 1, readPosition: 5, writePosition: 7 };
  expect(printJson([...OPENED, data('abc'), end as never]).at(-1)).toEqual({
    ...end,
    time: TIME,
    lostReading: 2,
    lostWriting: 7,
  });
});

test('what a terminal might obey is escaped as JSON has it', () => {
  const line = print([...OPENED, data('\x1b\x7f\u009b\u202e\u{e0041}\n')], { json: true });
  expect(line).toContain('"text":"\\u001b\\u007f\\u009b\\u202e\\udb40\\udc41\\n"');
});

test('the bytes of any events are there, and no character is unsafe', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const objects = printJson(events).slice(1);
      expect(objects.map(({ kind }) => kind)).toEqual(events.map(({ kind }) => kind));
      events.forEach((event, i) => {
        if (event.kind !== 'data') return;
        const { payload } = kept(event) as typeof event;
        const { data, text } = objects[i] as { data: string; text?: string };
        expect(Buffer.from(data, 'base64').equals(payload)).toBe(true);
        if (text !== undefined) expect(Buffer.from(text).equals(payload)).toBe(true);
      });
      const text = print(events, { json: true }).replaceAll('\n', '');
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 1000 },
  );
});

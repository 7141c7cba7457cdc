import { expect, test } from 'vitest';
import type { Direction } from '../../src/event.ts';
import { CaptureScript, type SessionScript } from './capture-script.ts';
import { Chance } from './chance.ts';
import { judge } from './wireshark.ts';

const CONVERSATIONS = 100;
const EXCHANGES = 6;
const MAX_EVENT_BYTES = 16_384;
const HEAD = /(?:GET|HTTP\/1\.1) .*?X-Id: (\w+)\r\n.*?\r\n\r\n/gs;

const chance = new Chance();

function request(id: number): string {
  return `GET /${id} HTTP/1.1\r\nHost: localhost\r\nX-Id: request${id}\r\n\r\n`;
}

function response(id: number): string {
  const head = `HTTP/1.1 200 OK\r\nX-Id: response${id}\r\n`;
  const length = chance.oneOf(3, 500, 20_000, 40_000);
  const kind = chance.oneOf('length', 'chunked', 'empty');
  if (kind === 'empty') return `${head.replace('200 OK', '204 No Content')}\r\n`;
  if (kind === 'length') return `${head}Content-Length: ${length}\r\n\r\n${'b'.repeat(length)}`;
  let chunks = '';
  for (let left = length; left > 0; ) {
    const size = Math.min(left, 1 + chance.below(20_000));
    chunks += `${size.toString(16)}\r\n${'c'.repeat(size)}\r\n`;
    left -= size;
  }
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
}

/** Tells some of the text, in events. Returns the ids of the heads that it told whole. */
function tellSome(session: SessionScript, direction: Direction, text: string): string[] {
  const told = new Uint8Array(text.length);
  for (let at = 0; at < text.length; ) {
    const size = chance.oneOf(MAX_EVENT_BYTES, MAX_EVENT_BYTES, 1 + chance.below(MAX_EVENT_BYTES));
    const event = text.slice(at, at + size);
    if (chance.next() < 0.3) {
      session.lose(direction, event.length);
    } else {
      session[direction](event);
      told.fill(1, at, at + event.length);
    }
    at += event.length;
  }
  return [...text.matchAll(HEAD)]
    .filter(({ 0: head, index }) => !told.subarray(index, index + head.length).includes(0))
    .map(([, id]) => id as string);
}

test('each HTTP/1.1 head that came whole is dissected, whatever is lost around it', () => {
  const capture = new CaptureScript();
  const told: string[] = [];
  const ids = Array.from({ length: EXCHANGES }, (_, id) => id);
  for (let conversation = 0; conversation < CONVERSATIONS; conversation++) {
    const localPort = 50_000 + conversation;
    const session = capture.conversation({ localPort, remotePort: 8443 });
    const isPipelined = chance.next() < 0.3;
    for (const batch of isPipelined ? [ids] : ids.map((id) => [id])) {
      const whole = [
        ...tellSome(session, 'write', batch.map(request).join('')),
        ...tellSome(session, 'read', batch.map(response).join('')),
      ];
      told.push(...whole.map((id) => `${localPort} ${id}`));
    }
    session.end();
    capture.close(session.connection);
  }
  const format = ['-T', 'fields', '-E', 'aggregator=|', '-e', 'tcp.port'];
  const lines = ['-e', 'http.request.line', '-e', 'http.response.line'];
  const shown = judge('tshark', '-n', '-r', capture.save(), '-Y', 'http', ...format, ...lines)
    .split('\n')
    .flatMap((row) => {
      const port = /\b5\d{4}\b/.exec(row)?.[0];
      return [...row.matchAll(/X-Id: (\w+)/g)].map(([, id]) => `${port} ${id}`);
    });
  expect(told.length).toBeGreaterThan(CONVERSATIONS);
  expect(told.filter((id) => !shown.includes(id))).toEqual([]);
});

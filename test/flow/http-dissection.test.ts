import { beforeAll, describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { http2Exchange, type Sent } from './http2-exchange.ts';
import { complaints, fieldByStream } from './wireshark.ts';

/** Server and client ports: owned by TLS, by nobody, by HTTP, and by others at either end. */
const PORTS = [
  { remotePort: 443, localPort: 50_000 },
  { remotePort: 8443, localPort: 50_000 },
  { remotePort: 54_321, localPort: 50_000 },
  { remotePort: 80, localPort: 50_000 },
  { remotePort: 8080, localPort: 50_000 },
  { remotePort: 5000, localPort: 50_000 },
  { remotePort: 6379, localPort: 50_000 },
  { remotePort: 8443, localPort: 40_000 },
];
const HTTP_PORTS = [80, 8080];

describe('HTTP/1.1', () => {
  const capture = new CaptureScript();
  let path: string;

  beforeAll(() => {
    for (const ports of PORTS) {
      const session = capture.conversation(ports);
      session.write(request('/keep-alive'));
      session.read('HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n');
      session.read('a'.repeat(25_000));
      session.read('b'.repeat(15_000));
      session.write(request('/chunked'));
      session.read('HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel');
      session.read('lo\r\n3\r\nyou\r\n0\r\n\r\n');
      session.write(request('/pipelined-1') + request('/pipelined-2'));
      session.read('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 203 No');
      session.read('n-Authoritative Information\r\nContent-Length: 2\r\n\r\nok');
      session.write(`POST /upload HTTP/1.1\r\nHost: example.com\r\nContent-Length: 70000\r\n\r\n`);
      session.write('u'.repeat(70_000));
      session.read('HTTP/1.1 204 No Content\r\n\r\n');
      capture.close(session.connection);
      session.end();
    }
    path = capture.save();
  });

  test('every request is dissected with its URI, whatever the ports', () => {
    const uris = fieldByStream(path, 'http.request.full_uri');
    expect(uris.size).toBe(PORTS.length);
    for (const [stream, { remotePort }] of PORTS.entries()) {
      const scheme = HTTP_PORTS.includes(remotePort) ? 'http' : 'https';
      const paths = ['/keep-alive', '/chunked', '/pipelined-1', '/pipelined-2', '/upload'];
      expect(uris.get(stream)).toEqual(paths.map((path) => `${scheme}://example.com${path}`));
    }
  });

  test('every response is', () => {
    const codes = fieldByStream(path, 'http.response.code');
    for (const stream of PORTS.keys()) {
      expect(codes.get(stream)).toEqual(['200', '201', '202', '203', '204']);
    }
  });

  test('Wireshark has nothing to complain of', () => {
    expect(complaints(path)).toEqual([]);
  });
});

function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`;
}

describe('HTTP/2', () => {
  const parallel = Array.from({ length: 20 }, (_, index) => `/parallel/${index * 3000}`);
  const later = ['/later/0', '/later/70000', '/later/5'];
  const capture = new CaptureScript();
  /** Of every stream in the file, in their order. */
  const expected: { paths: string[]; statuses: number }[] = [];
  let path: string;

  beforeAll(async () => {
    const batches = await http2Exchange(parallel, ...later.map((path) => [path]));
    const sent = batches.flat();
    const whole = { paths: [...parallel, ...later], statuses: 23 };
    const late = { paths: later, statuses: 3 };
    const record = (ports: object, { paths, statuses }: typeof whole, events: readonly Sent[]) => {
      const seenOpening = paths === whole.paths;
      const session = capture.conversation({ ...ports, seenOpening });
      for (const { direction, bytes } of events) session[direction](bytes);
      capture.close(session.connection);
      session.end();
      expected.push({ paths, statuses });
    };
    for (const ports of PORTS) {
      record(ports, whole, sent);
      record(ports, late, batches.slice(1).flat());
      record(ports, whole, clientFirst(sent));
      record(ports, whole, firstByteAlone(clientFirst(sent)));
    }
    path = capture.save();
  });

  test('every request and response is dissected, whatever the ports and the beginning', () => {
    const paths = fieldByStream(path, 'http2.headers.path');
    const statuses = fieldByStream(path, 'http2.headers.status');
    expect(paths.size).toBe(4 * PORTS.length);
    for (const [stream, { paths: sentPaths, statuses: sentStatuses }] of expected.entries()) {
      expect(paths.get(stream)?.toSorted(), `stream ${stream}`).toEqual(sentPaths.toSorted());
      expect(statuses.get(stream)).toEqual(Array(sentStatuses).fill('200'));
    }
  });

  test('Wireshark has nothing to complain of', () => {
    expect(complaints(path)).toEqual([]);
  });
});

function firstByteAlone([first, ...rest]: readonly Sent[]): Sent[] {
  const { direction, bytes } = first as Sent;
  const parts = [bytes.subarray(0, 1), bytes.subarray(1)];
  return [...parts.map((part) => ({ direction, bytes: part })), ...rest];
}

/** Unlike node's server, which sends its SETTINGS before it reads the client's preface. */
function clientFirst(sent: readonly Sent[]): Sent[] {
  const first = sent.find(({ direction }) => direction === 'write') as Sent;
  return [first, ...sent.filter((other) => other !== first)];
}

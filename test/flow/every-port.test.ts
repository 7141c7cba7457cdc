import { expect, test } from 'vitest';
import { readFields } from '../kernel/tshark.ts';
import { CaptureScript } from './capture-script.ts';
import { HTTP2_BEGIN, http2Request } from './http2-request.ts';

const PORTS = 65_535;
/** tshark takes more time for a packet the more conversations it knows. */
const PORTS_A_FILE = 8192;
/** So many files are read at once. */
const READERS = 2;

const CONVERSATIONS: Record<string, (capture: CaptureScript, port: number) => void> = {
  'HTTP/1.1': (capture, remotePort) => {
    const request = `GET /${remotePort} HTTP/1.1\r\nHost: example.com\r\n\r\n`;
    capture.conversation({ remotePort }).write(request);
  },
  'HTTP/2': (capture, remotePort) => {
    const request = http2Request(`/${remotePort}`);
    capture.conversation({ remotePort }).write(Buffer.concat([HTTP2_BEGIN, request]));
  },
  'HTTP/2 without its preface': (capture, remotePort) => {
    const session = capture.conversation({ remotePort, seenOpening: false });
    session.write(http2Request(`/${remotePort}`));
  },
};

/** The paths of all requests that Wireshark finds with no preference set. */
async function pathsIn(file: string): Promise<string[]> {
  const names = ['http.request.uri', 'http2.headers.path'] as const;
  const rows = await readFields(file, 'http.request or http2.headers.path', names);
  return rows.flatMap((row) => names.flatMap((name) => row[name]));
}

/** The ports of which the request is not found. */
async function missing(name: string, ports: readonly number[]): Promise<number[]> {
  const capture = new CaptureScript();
  for (const port of ports) CONVERSATIONS[name]?.(capture, port);
  const found = await pathsIn(capture.save());
  expect(found).toHaveLength(ports.length);
  const paths = new Set(found);
  return ports.filter((port) => !paths.has(`/${port}`));
}

const FILES = Array.from({ length: Math.ceil(PORTS / PORTS_A_FILE) }, (_, file) => {
  const first = file * PORTS_A_FILE + 1;
  const length = Math.min(PORTS_A_FILE, PORTS + 1 - first);
  return Array.from({ length }, (_, index) => first + index);
});

test.each(Object.keys(CONVERSATIONS))(
  '%s is dissected on every server port',
  async (name) => {
    expect(FILES.flat()).toHaveLength(PORTS);
    const files = FILES.values();
    const work = async () => {
      const found: number[] = [];
      for (const ports of files) found.push(...(await missing(name, ports)));
      return found;
    };
    const found = await Promise.all(Array.from({ length: READERS }, work));
    expect(found.flat()).toEqual([]);
  },
  400_000,
);

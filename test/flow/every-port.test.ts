import { expect, test } from 'vitest';
import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';
import { readFields } from '../kernel/tshark.ts';
import { CaptureScript } from './capture-script.ts';
import { HTTP2_BEGIN, http2Request } from './http2-request.ts';

const PORTS = Array.from({ length: 65_535 }, (_, index) => index + 1);
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

/** Which ports other dissectors own, HTTP/1.1 shows; most of those of HTTP and TLS are below. */
const OFTEN_OWNED = 10_000;
const SAMPLE = PORTS.filter(
  (port) => port <= OFTEN_OWNED || CLAIMED_PORTS.has(port) || port % 16 === 0 || port > 65_500,
);

function filesOf(ports: readonly number[]): number[][] {
  const count = Math.ceil(ports.length / PORTS_A_FILE);
  return Array.from({ length: count }, (_, file) =>
    ports.slice(file * PORTS_A_FILE, (file + 1) * PORTS_A_FILE),
  );
}

test.each([
  { name: 'HTTP/1.1', which: 'every server port', ports: PORTS },
  { name: 'HTTP/2', which: 'server ports that are often owned, and others', ports: SAMPLE },
  {
    name: 'HTTP/2 without its preface',
    which: 'server ports that are often owned, and others',
    ports: SAMPLE,
  },
])(
  '$name is dissected on $which',
  async ({ name, ports }) => {
    expect(filesOf(ports).flat()).toEqual(ports);
    const files = filesOf(ports).values();
    const work = async () => {
      const found: number[] = [];
      for (const some of files) found.push(...(await missing(name, some)));
      return found;
    };
    const found = await Promise.all(Array.from({ length: READERS }, work));
    expect(found.flat()).toEqual([]);
  },
  400_000,
);

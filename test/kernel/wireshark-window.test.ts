import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { installWindow, WiresharkWindow } from '../../samples/wireshark-window.ts';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { succeed } from './program.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const PATHS = ['/kettle', '/toaster', '/coffee'];
const REQUESTS = ['-Y', 'http2.headers.method'];
const REQUEST_LINES = PATHS.map((path) => `GET ${path}`);

let server: NodeServer;
let window: WiresharkWindow;

beforeAll(async () => {
  installWindow();
  server = await NodeServer.start(makeCertificate(folder));
}, 240_000);

afterEach(() => window.close());

/** For tests, on a busy machine: a window may take a minute. */
const TIMEOUT_MS = 120_000;

/** A client that asks for the paths over HTTP/2. */
function curl(): string[] {
  const urls = PATHS.flatMap((path) => ['-o', '/dev/null', server.url(path)]);
  return ['curl', '-sk', '--http2', ...urls];
}

it(
  "shows the requests of a file in Wireshark's window",
  async () => {
    const file = join(folder, 'requests.pcapng');
    await captureCommand([file], curl());
    const rows = await readFields(file, 'http2.headers.method', ['http2.headers.path']);
    expect(rows.flatMap((row) => row['http2.headers.path'])).toEqual(PATHS);

    window = await WiresharkWindow.open(['-r', file, ...REQUESTS]);
    await window.shows(...REQUEST_LINES);
    expect(await window.title()).toBe('requests.pcapng');
  },
  TIMEOUT_MS,
);

it(
  'shows them live on a FIFO',
  async () => {
    const fifo = freshPath(folder, 'live');
    await succeed('mkfifo', [fifo]);
    window = await WiresharkWindow.open(['-k', '-i', fifo, ...REQUESTS]);
    // The window has them while the command still runs: it ends when the file is there.
    const seen = freshPath(folder, 'seen');
    const wait = 'i=0; while [ ! -e "$0" ] && [ $i -lt 300 ]; do sleep 0.1; i=$((i + 1)); done';
    const command = ['sh', '-c', `"$@"; ${wait}`, seen, ...curl()];
    const captured = captureCommand([fifo], command, { timeoutMs: TIMEOUT_MS });
    await window.shows(...REQUEST_LINES);
    expect(await window.title()).toBe(`Capturing from ${fifo}`);
    await succeed('touch', [seen]);
    await captured;
  },
  TIMEOUT_MS,
);

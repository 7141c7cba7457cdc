/**
 * Makes docs/wireshark.png: Wireshark's window on a FIFO, into which plaincap captures curl. Needs
 * root.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program } from './program.ts';
import { installWindow, WiresharkWindow } from './wireshark-window.ts';

const ROOT = join(import.meta.dirname, '..');
const PICTURE = join(ROOT, 'docs/wireshark.png');
const MAX_BYTES = 300_000;
const PORT = 8443;
const URL = `https://localhost:${PORT}`;
/** From HTTP/2's line in the details to the path: open it, open the stream, down to its header. */
const TO_THE_PATH = ['Right', 'Down', 'Right', ...Array<string>(11).fill('Down')];
/** Until the last key is drawn. */
const DRAWN_MS = 1000;

installWindow();

const folder = mkdtempSync(join(tmpdir(), 'plaincap-screenshot-'));
const fifo = join(folder, 'plaincap');
execFileSync('sh', [join(ROOT, 'samples/traffic/certificate.sh'), folder]);
execFileSync('mkfifo', [fifo]);
const webServer = join(ROOT, 'samples/traffic/web-server.js');
const server = new Program(['node', webServer, folder, 'localhost', `${PORT}`]);
await server.line();
const window = await WiresharkWindow.open(['-k', '-i', fifo, '-Y', 'http2.headers']);
try {
  const curl = ['curl', '-sS', '--cacert', join(folder, 'cert.pem')];
  const post = ['--next', ...curl.slice(1), '--json', '{"name": "kettle"}', `${URL}/items`];
  const command = [...curl, `${URL}/items`, `${URL}/items/1`, `${URL}/missing`, ...post];
  const plaincap = ['node', join(ROOT, 'dist/cli.js'), 'capture', '-w', fifo, '--', ...command];
  await new Program(plaincap).requireExit(0);
  await window.shows('GET /items/1', 'GET /missing', 'POST /items');
  await window.click('GET');
  await window.click('HyperText', ...TO_THE_PATH);
  await delay(DRAWN_MS);
  await window.save(PICTURE);
} finally {
  await window.close();
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true });
}
const { size } = statSync(PICTURE);
if (size > MAX_BYTES) throw new Error(`${PICTURE} has ${size} bytes, more than ${MAX_BYTES}`);
console.log(`${PICTURE}: ${size} bytes`);

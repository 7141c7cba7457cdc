/**
 * Makes requests in one HTTP/2 connection, half of them before it is captured and half after: it
 * prints a line in between, and goes on when its stdin has one.
 *
 * Usage: node --import tsx http2-late-client.ts URL
 */
import { once } from 'node:events';
import { connect } from 'node:http2';

const session = connect(process.argv[2] as string);

async function get(path: string): Promise<void> {
  const request = session.request({ ':path': path });
  await once(request.resume(), 'close');
}

await get('/items');
await get('/items/1');
console.log('ready');
await once(process.stdin, 'data');
process.stdin.unref();
// Names and values that HPACK (RFC 7541) saw before stand for themselves no more.
await get('/items/1');
await get('/items/2');
session.close();

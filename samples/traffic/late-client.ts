/**
 * Makes requests in one HTTP/2 connection, and prints a line when half of them are done: for the
 * others it waits until its stdin has a line.
 *
 * Usage: node --import tsx late-client.ts ORIGIN
 */
import { once } from 'node:events';
import { connect } from 'node:http2';

const session = connect(process.argv[2] as string);

async function get(path: string): Promise<void> {
  const request = session.request({ ':path': path, 'user-agent': 'late-client' });
  await once(request.resume(), 'close');
}

await get('/items');
await get('/items/1');
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
await get('/items/1');
await get('/items/2');
session.close();

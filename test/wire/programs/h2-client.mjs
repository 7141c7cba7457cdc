// HOST:PORT: HTTP/2 in one connection: 100 streams at a time, an upload, large headers, trailers,
// pushes, a window that stalls, resets by either end, a ping, and GOAWAY.
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const address = process.argv[2];
const session = connect(`https://${address}`, {
  rejectUnauthorized: false,
  maxSendHeaderBlockLength: 1e6,
  settings: { maxHeaderListSize: 1e6 },
});
session.on('stream', (pushed) => pushed.resume());

async function get(path, headers = {}) {
  const stream = session.request({ ':path': path, ...headers });
  stream.on('error', () => {});
  stream.end();
  stream.resume();
  await once(stream, 'close').catch(() => {});
}

await Promise.all(
  Array.from({ length: 100 }, (_, number) => get(`/parallel?bytes=${number * 40}`)),
);

const upload = session.request({ ':path': '/upload', ':method': 'POST' });
for (let number = 0; number < 20; number++) upload.write(Buffer.alloc(5000, `${number}`));
upload.end();
upload.resume();
await once(upload, 'close');

const long = Object.fromEntries(
  Array.from({ length: 30 }, (_, n) => [`x-l${n}`, `${n}`.repeat(400)]),
);
await get('/x', long);
await get('/x', long); // By index of the table now.
for (const path of ['/large-headers', '/trailers', '/push', '/early', '/reset']) await get(path);

const stalled = session.request({ ':path': '/stalled?bytes=500000' });
stalled.end();
await once(stalled, 'response');
await delay(100);
stalled.resume();
await once(stalled, 'close');

const given = session.request({ ':path': '/given-up?bytes=500000' });
given.on('error', () => {});
given.end();
await once(given, 'response');
given.close(constants.NGHTTP2_CANCEL);
await once(given, 'close');

await promisify((done) => session.ping(Buffer.from('plaincap'), (error) => done(error)))();
session.close(); // With GOAWAY.

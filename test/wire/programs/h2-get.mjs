// HOST:PORT PATH...: one HTTP/2 connection, a request after another; takes what is pushed.
import { once } from 'node:events';
import { connect } from 'node:http2';

const [address, ...paths] = process.argv.slice(2);
const session = connect(`https://${address}`);
const pushes = [];
session.on('stream', (pushed) => pushes.push(once(pushed.resume(), 'close')));
for (const path of paths) {
  const stream = session.request({ ':path': path });
  await once(stream.resume(), 'close');
}
await Promise.all(pushes);
session.close();

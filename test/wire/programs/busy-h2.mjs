// HOST:PORT: three HTTP/2 connections at a time, that say little, slowly, then more than a small ring
// holds, both ways; then little again, with header fields of before, and others between them.
import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';

const address = process.argv[2];

let asked = 0;

async function ask(session, path, body) {
  const fields = { 'x-asked': `${++asked}`, 'x-third': `third ${asked % 3}` };
  const stream = session.request({ ':path': path, ':method': body ? 'POST' : 'GET', ...fields });
  for (const piece of body ?? []) stream.write(piece);
  stream.end();
  await once(stream.resume(), 'close');
}

async function talk(number) {
  const session = connect(`https://${address}`);
  await once(session, 'remoteSettings');
  for (const turn of [0, 1, 2]) {
    await ask(session, `/${number}/${turn}/before?bytes=70`);
    await delay(50);
  }
  await delay(200 - 50 * number);
  const piece = Buffer.alloc(7000 + number, `${number} `);
  for (const turn of [0, 1]) {
    await Promise.all([
      ask(session, `/${number}/${turn}/down?bytes=${100_000 + 777 * number}`),
      ask(session, `/${number}/${turn}/up`, [piece, piece, piece, piece]),
      ask(session, '/trailers'),
    ]);
  }
  await delay(400 + 100 * number);
  for (const turn of [0, 1, 2]) {
    await ask(session, `/${number}/${turn}/after?bytes=70`);
    await delay(50);
  }
  session.close();
  await once(session, 'close');
}

await Promise.all([0, 1, 2].map(talk));

// PORT KEY CERT: HTTP/2 with all that its streams can do. Logs its keys, for
// clients that do not.
import { appendFileSync, readFileSync } from 'node:fs';
import { constants, createSecureServer } from 'node:http2';

const [port, key, cert] = process.argv.slice(2);
const TEXT = 'I have promises to keep.\n';

const ROUTES = {
  '/trailers': (stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': '4711' }));
    stream.end(TEXT);
  },
  '/push': (stream) => {
    stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      if (!error) pushed.respond({ ':status': 200 });
      pushed?.end('pushed');
    });
    stream.respond({ ':status': 200 });
    stream.end(TEXT);
  },
  '/reset': (stream) => {
    stream.respond({ ':status': 200 });
    stream.write(TEXT);
    setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20);
  },
  '/large-headers': (stream) => {
    const headers = { ':status': 200 };
    for (let number = 0; number < 40; number++) headers[`x-${number}`] = `${number}`.repeat(1000);
    stream.respond(headers);
    stream.end(TEXT);
  },
  '/early': (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</style.css>' });
    stream.respond({ ':status': 200 });
    stream.end(TEXT);
  },
};

const options = {
  key: readFileSync(key),
  cert: readFileSync(cert),
  maxSendHeaderBlockLength: 1e6,
};
createSecureServer(options)
  .on('session', (session) => session.on('error', () => {}))
  .on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const { pathname, searchParams } = new URL(headers[':path'], 'https://localhost');
    if (ROUTES[pathname]) return ROUTES[pathname](stream);
    stream.respond({ ':status': 200, 'x-bytes': Buffer.concat(chunks).length });
    stream.end(Buffer.alloc(Number(searchParams.get('bytes') ?? 100), pathname));
  })
  .on('keylog', (line) => appendFileSync(process.env.SSLKEYLOGFILE, line))
  .listen(Number(port), '127.0.0.1');

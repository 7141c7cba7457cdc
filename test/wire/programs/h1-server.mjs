// PORT KEY CERT: HTTP/1.1 with all that its messages can be.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { gzipSync } from 'node:zlib';

const [port, key, cert] = process.argv.slice(2);
const TEXT = 'The woods are lovely, dark and deep.\n';
const BYTES = { 'content-type': 'application/octet-stream' };

const ROUTES = {
  '/plain': (response) => response.end(TEXT),
  '/length': (response) => response.writeHead(200, { 'content-length': TEXT.length }).end(TEXT),
  '/gzip': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT.repeat(50))),
  '/chunked': (response) => {
    for (const piece of TEXT.split(' ')) response.write(piece);
    response.end();
  },
  '/chunks': (response) => {
    for (let number = 0; number < 40; number++) response.write(`${number} `.repeat(300));
    response.end();
  },
  '/trailers': (response) => {
    response.writeHead(200, { trailer: 'x-checksum' });
    response.write(TEXT);
    response.addTrailers({ 'x-checksum': '4711' });
    response.end();
  },
  '/empty': (response) => response.writeHead(204).end(),
  '/same': (response) => response.writeHead(304, { etag: '"1"' }).end(),
  '/early': (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end(TEXT);
  },
  '/large-head': (response) => response.writeHead(200, { 'x-long': 'l'.repeat(12_000) }).end(TEXT),
};

// Longer than a relay holds anything.
const keepAliveTimeout = 120_000;
const options = { key: readFileSync(key), cert: readFileSync(cert), keepAliveTimeout };
createServer(options, async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(request.url, 'https://localhost');
  const bytes = searchParams.get('bytes');
  if (bytes) response.writeHead(200, BYTES).end(Buffer.alloc(Number(bytes), pathname));
  else if (ROUTES[pathname]) ROUTES[pathname](response);
  else response.writeHead(body.length > 0 ? 201 : 404, { 'x-bytes': body.length }).end(body);
}).listen(Number(port), '127.0.0.1');

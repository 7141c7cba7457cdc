/**
 * The web server of the demo and of most samples: HTTP/1.1 and HTTP/2 over TLS, with the same
 * answers every time. JavaScript, so that the demo needs nothing but node to run it.
 *
 * Usage: node web-server.js FOLDER HOST PORT
 *
 * FOLDER is where certificate.sh wrote; PORT 0 is any free one. Prints the port once it listens.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/**
 * @typedef {import('node:http2').Http2ServerRequest} Request
 * @typedef {import('node:http2').Http2ServerResponse} Response
 */

const ITEMS = [
  { id: 1, name: 'kettle', price: 39 },
  { id: 2, name: 'toaster', price: 25 },
];
const POEM = 'The woods are lovely, dark and deep, but I have promises to keep.\n'.repeat(20);
const PAUSE_MS = 20;

/**
 * How `METHOD /path` is answered.
 *
 * @type {Record<string, (request: Request, response: Response) => unknown>}
 */
const ROUTES = {
  'GET /items': (_, response) => sendJson(response, 200, ITEMS),
  'HEAD /items': (_, response) => sendJson(response, 200, ITEMS),
  'GET /items/1': (_, response) => sendJson(response, 200, ITEMS[0]),
  'POST /items': async (request, response) => {
    const name = new URLSearchParams(`${await readBody(request)}`).get('name');
    response.setHeader('location', '/items/3');
    sendJson(response, 201, { id: 3, name });
  },
  'POST /upload': async (request, response) => {
    const body = await readBody(request);
    const sha256 = createHash('sha256').update(body).digest('hex');
    sendJson(response, 200, { bytes: body.length, sha256 });
  },
  'GET /gzip': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    send(response, 200, 'text/plain', gzipSync(POEM));
  },
  'GET /chunked': (_, response) => sendSlowly(response, ['one\n', 'two\n', 'three\n']),
  'GET /gzip-chunked': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    const bytes = gzipSync(POEM);
    return sendSlowly(response, [bytes.subarray(0, 40), bytes.subarray(40)]);
  },
  'GET /together': answerTogether,
  'GET /broken': (request, response) => {
    response.setHeader('content-length', 1000);
    response.write('The rest of this ');
    const { remotePort } = request.socket;
    setTimeout(() => tcpSockets.get(remotePort)?.resetAndDestroy(), PAUSE_MS);
  },
};

/**
 * By remote port: TLS sockets cannot be reset, those below them can.
 *
 * @type {Map<number | undefined, import('node:net').Socket>}
 */
const tcpSockets = new Map();

/** @type {(() => void)[]} */
const waiting = [];

/**
 * Answers when `of` requests wait, the last one first: responses overtake each other.
 *
 * @param {Request} request @param {Response} response
 */
async function answerTogether(request, response) {
  const { searchParams } = new URL(request.url, 'https://localhost');
  const number = searchParams.get('number');
  waiting.push(() => send(response, 200, 'text/plain', Buffer.from(`I am number ${number}.\n`)));
  if (waiting.length < Number(searchParams.get('of'))) return;
  for (const answer of waiting.splice(0).reverse()) {
    answer();
    await delay(PAUSE_MS);
  }
}

/** @param {Response} response @param {number} status @param {unknown} value */
function sendJson(response, status, value) {
  send(response, status, 'application/json', Buffer.from(`${JSON.stringify(value)}\n`));
}

/** @param {Response} response @param {number} status @param {string} type @param {Uint8Array} body */
function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

/** In HTTP/1.1 a chunk each. @param {Response} response @param {(string | Uint8Array)[]} pieces */
async function sendSlowly(response, pieces) {
  response.setHeader('content-type', 'text/plain');
  for (const piece of pieces) {
    response.write(piece);
    await delay(PAUSE_MS);
  }
  response.end();
}

/** @param {Request} request */
async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const [folder, host, port] = process.argv.slice(2);
const server = createSecureServer({
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/cert.pem`),
  allowHTTP1: true,
});
server.on('connection', (socket) => tcpSockets.set(socket.remotePort, socket));
server.on('request', (request, response) => {
  response.sendDate = false;
  const [path] = request.url.split('?');
  const answer = ROUTES[`${request.method} ${path}`];
  if (answer) answer(request, response);
  else sendJson(response, 404, { error: `there is no ${path}` });
});
server.listen(Number(port), host, () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(port);
});

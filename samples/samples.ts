import { createHash } from 'node:crypto';
import { FOLDER, type Sample } from './sample.ts';
import { UPLOAD_BODY } from './traffic/upload-body.ts';

const PORT = '8443';
const PROXY_PORT = '9443';
const ORIGIN = `https://localhost:${PORT}`;

function webServer(host = 'localhost', port = PORT): string[] {
  return ['node', 'samples/traffic/web-server.js', FOLDER, host, port];
}

/** A TypeScript program of samples/traffic. */
function program(name: string, ...args: string[]): string[] {
  return ['node', '--import', 'tsx', `samples/traffic/${name}.ts`, ...args];
}

function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** What is answered when all of them wait, in the order in which curl asks. */
const TOGETHER = Array.from({ length: 20 }, (_, n) => `/together?number=${n + 1}&of=20`);

/**
 * A curl that ends leaves bytes of an HTTP/2 connection unread at times, upon which its kernel
 * sends an RST (RFC 1122 section 4.2.2.13).
 */
const RESET = 'Connection reset (RST)';

/** Wireshark before 4.4 tries to read what follows a CONNECT through TLS. */
const CIPHERTEXT_AS_HTTP = [
  'Malformed Packet (Exception occurred)',
  'Illegal characters found in header name',
];

const WEBSOCKET_ECHOES = ['hello', 'hello', 'how are you?', 'how are you?'];

const POEM = 'The woods are lovely, dark and deep, but I have promises to keep.\n'.repeat(20);

/** All samples, in the order of README.md. */
export const SAMPLES: readonly Sample[] = [
  {
    name: 'http1-keep-alive',
    what: 'curl makes five HTTP/1.1 requests in one connection',
    servers: [webServer()],
    client: [
      ...['curl', '-s', '--http1.1', `${ORIGIN}/items`, `${ORIGIN}/items/1`, `${ORIGIN}/missing`],
      ...['--next', '-s', '--http1.1', '--data', 'name=whisk', `${ORIGIN}/items`],
      ...['--next', '-s', '--http1.1', '--head', `${ORIGIN}/items`],
    ],
    captured: 'client',
    tables: ['requests', 'responses'],
    text: ['latency'],
    expected: {
      streams: 1,
      exchanges: [
        `GET ${ORIGIN}/items 200`,
        `GET ${ORIGIN}/items/1 200`,
        `GET ${ORIGIN}/missing 404`,
        `POST ${ORIGIN}/items 201`,
        `HEAD ${ORIGIN}/items 200`,
      ],
      bodies: [sha256('name=whisk'), sha256('{"id":3,"name":"whisk"}\n')],
    },
  },
  {
    name: 'http2-parallel',
    what: 'curl makes 20 HTTP/2 requests in parallel; the server answers the last one first',
    servers: [webServer()],
    client: [
      'curl',
      '--no-progress-meter',
      '--parallel',
      ...TOGETHER.map((path) => `${ORIGIN}${path}`),
    ],
    captured: 'client',
    tables: ['http2'],
    expected: {
      possibleWarnings: [RESET],
      streams: 1,
      exchanges: TOGETHER.map((path) => `GET ${ORIGIN}${path} 200`),
      bodies: TOGETHER.map((_, n) => sha256(`I am number ${n + 1}.\n`)),
    },
  },
  {
    name: 'upload',
    what: 'curl posts 1 MiB',
    servers: [webServer()],
    client: [
      ...['curl', '-s', '--http1.1', '--data-binary', `@${FOLDER}/upload`],
      ...['-H', 'content-type: application/octet-stream', '-H', 'expect:', `${ORIGIN}/upload`],
    ],
    captured: 'client',
    tables: ['requests', 'responses'],
    expected: {
      streams: 1,
      exchanges: [`POST ${ORIGIN}/upload 200`],
      bodies: [sha256(UPLOAD_BODY)],
    },
  },
  {
    name: 'gzip-chunked',
    what: 'curl gets bodies that are gzipped, chunked, and both',
    servers: [webServer()],
    client: [
      ...['curl', '-s', '--http1.1', '--compressed'],
      ...['gzip', 'chunked', 'gzip-chunked'].map((path) => `${ORIGIN}/${path}`),
    ],
    captured: 'client',
    tables: ['requests', 'responses'],
    expected: {
      streams: 1,
      exchanges: [
        `GET ${ORIGIN}/gzip 200`,
        `GET ${ORIGIN}/chunked 200`,
        `GET ${ORIGIN}/gzip-chunked 200`,
      ],
      bodies: [sha256(POEM), sha256('one\ntwo\nthree\n'), sha256(POEM)],
    },
  },
  {
    name: 'websocket',
    what: 'node talks to a WebSocket server, without and with compression',
    servers: [program('websocket-server', FOLDER, 'localhost', PORT)],
    client: program('websocket-client', `wss://localhost:${PORT}/chat`),
    captured: 'client',
    tables: ['requests', 'responses', 'websocket'],
    text: ['hexdump', 'connections'],
    expected: {
      streams: 2,
      exchanges: [`GET ${ORIGIN}/chat 101`, `GET ${ORIGIN}/chat 101`],
      // Each is echoed, in both connections.
      messages: [...WEBSOCKET_ECHOES, ...WEBSOCKET_ECHOES],
    },
  },
  {
    name: 'grpc',
    what: 'node calls gRPC methods: unary, streaming either way and both ways, and one that fails',
    servers: [program('grpc-server', FOLDER, 'localhost', PORT)],
    client: program('grpc-client', `localhost:${PORT}`),
    captured: 'client',
    tables: ['grpc'],
    expected: {
      streams: 1,
      exchanges: ['Find', 'Find', 'List', 'Count', 'Order'].map(
        (method) => `POST ${ORIGIN}/shop.Inventory/${method} 200`,
      ),
      messages: [
        ...['whisk', 'found whisk', 'unicorn', 'all', 'kettle', 'toaster', 'whisk'],
        ...['kettle', 'toaster', 'counted 2'],
        ...['kettle', 'ordered kettle', 'whisk', 'ordered whisk'],
      ],
    },
  },
  {
    name: 'ipv6',
    what: 'curl talks to ::1, in HTTP/1.1 and HTTP/2',
    servers: [webServer('::1')],
    client: [
      ...['curl', '-s', '--http2', `https://[::1]:${PORT}/items`],
      ...['--next', '-s', '--http1.1', `https://[::1]:${PORT}/items`],
    ],
    captured: 'client',
    tables: ['requests', 'responses', 'http2'],
    text: ['json'],
    expected: {
      possibleWarnings: [RESET],
      streams: 2,
      exchanges: Array(2).fill(`GET https://[::1]:${PORT}/items 200`),
    },
  },
  {
    name: 'aborted-by-client',
    what: 'python3 resets a connection in the middle of its second response',
    servers: [webServer()],
    client: ['python3', 'samples/traffic/abort.py', 'localhost', PORT, '/chunked'],
    captured: 'client',
    tables: ['requests', 'responses', 'resets'],
    expected: {
      streams: 1,
      // Wireshark waits in vain for the second one's end.
      exchanges: [`GET ${ORIGIN}/chunked 200`, `GET ${ORIGIN}/chunked -`],
      bodies: [sha256('one\ntwo\nthree\n')],
      warnings: [RESET],
    },
  },
  {
    name: 'aborted-by-server',
    what: 'the server resets curl’s connection in the middle of a response',
    servers: [webServer()],
    client: ['curl', '-s', `${ORIGIN}/items`, `${ORIGIN}/broken`],
    exitCode: 56,
    captured: 'client',
    tables: ['http2', 'resets'],
    expected: {
      streams: 1,
      exchanges: [`GET ${ORIGIN}/items 200`, `GET ${ORIGIN}/broken 200`],
      warnings: [RESET],
    },
  },
  {
    name: 'caught-late',
    what: 'node’s HTTP/2 connection, captured from its third request on',
    servers: [webServer()],
    client: program('late-client', ORIGIN),
    captured: 'late-client',
    tables: ['http2'],
    expected: {
      streams: 1,
      // HPACK (RFC 7541) refers to headers of requests that were not captured.
      exchanges: [`GET <unknown>/items/1 200`, `GET <unknown>/items/2 404`],
      comment: 'connection older than the capture',
    },
  },
  {
    name: 'tls-in-tls',
    what: 'curl talks through an HTTPS proxy: a TLS session within another one',
    servers: [webServer(), program('tls-proxy', FOLDER, 'localhost', PROXY_PORT)],
    client: [
      ...['curl', '-s', '--proxy', `https://localhost:${PROXY_PORT}`],
      ...['--proxy-cacert', `${FOLDER}/cert.pem`, `${ORIGIN}/items`],
    ],
    captured: 'client',
    tables: ['requests', 'responses', 'http2'],
    expected: {
      possibleWarnings: [RESET, ...CIPHERTEXT_AS_HTTP],
      streams: 2,
      exchanges: [`CONNECT localhost:${PORT} 200`, `GET ${ORIGIN}/items 200`],
    },
  },
  {
    name: 'server-side',
    what: 'node serves curl: what the server read and wrote',
    servers: [webServer()],
    client: [
      ...['curl', '-s', '--http2', `${ORIGIN}/items`, `${ORIGIN}/items/1`],
      ...['--next', '-s', '--http1.1', `${ORIGIN}/items`, `${ORIGIN}/missing`],
    ],
    captured: 'server',
    tables: ['requests', 'responses', 'http2'],
    expected: {
      possibleWarnings: [RESET],
      streams: 2,
      exchanges: [
        `GET ${ORIGIN}/items 200`,
        `GET ${ORIGIN}/items/1 200`,
        `GET ${ORIGIN}/items 200`,
        `GET ${ORIGIN}/missing 404`,
      ],
    },
  },
  {
    name: 'both-ends',
    what: 'nginx and curl in one capture: each connection stands in it once',
    servers: [],
    client: ['sh', 'samples/traffic/nginx-and-curl.sh', FOLDER, PORT],
    captured: 'client',
    tables: ['requests', 'responses', 'http2'],
    expected: {
      possibleWarnings: [RESET],
      streams: 2,
      exchanges: [
        `GET ${ORIGIN}/hello 200`,
        `GET ${ORIGIN}/missing 404`,
        `GET ${ORIGIN}/hello 200`,
      ],
    },
  },
  {
    name: 'http-port',
    what: 'TLS on port 8080, which Wireshark gives to HTTP: written as bare TCP',
    servers: [webServer('localhost', '8080')],
    client: [
      ...['curl', '-s', '--http2', 'https://localhost:8080/items'],
      ...['--next', '-s', '--http1.1', 'https://localhost:8080/items/1'],
    ],
    captured: 'client',
    tables: ['requests', 'responses', 'http2'],
    expected: {
      possibleWarnings: [RESET],
      streams: 2,
      exchanges: ['GET https://localhost:8080/items 200', 'GET http://localhost:8080/items/1 200'],
    },
  },
  {
    name: 'claimed-port',
    what: 'TLS on port 5000, which Wireshark gives to another protocol: written as port 443',
    servers: [webServer('localhost', '5000')],
    client: [
      ...['curl', '-s', '--http2', 'https://localhost:5000/items'],
      ...['--next', '-s', '--http1.1', 'https://localhost:5000/items/1'],
    ],
    captured: 'client',
    tables: ['requests', 'responses', 'http2'],
    expected: {
      possibleWarnings: [RESET],
      streams: 2,
      exchanges: ['GET https://localhost:5000/items 200', 'GET https://localhost:5000/items/1 200'],
      comment: 'real server port 5000',
    },
  },
];

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { curl, go, h2load, nghttp, node, python, sample, shortCurls, wget } from './clients.ts';
import * as servers from './servers.ts';
import { atBoth, atClient, atServer, type Client, type WireCase } from './wire-case.ts';

const PATHS = Object.keys(servers.FILES).map((name) => `/${name}`);
const SOME_PATHS = ['/a.txt', '/f1', '/f2', '/f50', '/missing', '/f99'];
const UPLOAD_BYTES = 5e6;

/** curl sends a file of 5 MB. */
function upload(flags: readonly string[]): Client {
  return async (port, bench) => {
    const file = join(bench.folder, 'upload');
    writeFileSync(file, Buffer.alloc(UPLOAD_BYTES, 'upload '));
    return curl([...flags, '-T', file], ['/upload'])(port, bench);
  };
}

function frame(type: number): RegExp {
  return new RegExp(`"http2\\.type":"${type}"`);
}
const [RST_STREAM, PUSH_PROMISE, GOAWAY, WINDOW_UPDATE, CONTINUATION] = [3, 5, 7, 8, 9].map(
  frame,
) as [RegExp, RegExp, RegExp, RegExp, RegExp];

export const CASES: readonly WireCase[] = [
  ...atBoth({
    name: 'raw HTTP/1.1: pipelined, chunked, gzip, HEAD, 100, 103, 204, 304, trailers',
    server: servers.H1,
    client: node('h1-client.mjs'),
    requests: 15,
    shows: [/"http\.response\.code":"(100|103|204|304)"/, /"http\.transfer_encoding"/, /gzip/],
  }),
  ...atBoth({
    name: 'HTTP/2: parallel, long headers, trailers, push, stall, reset, GOAWAY',
    server: servers.H2,
    client: node('h2-client.mjs'),
    requests: 111,
    shows: [RST_STREAM, PUSH_PROMISE, GOAWAY, WINDOW_UPDATE, CONTINUATION, /x-checksum/],
  }),
  ...atBoth({
    name: 'WebSocket, plain and compressed',
    server: servers.WEBSOCKET,
    client: node('ws-client.mjs'),
    requests: 2,
    shows: ['0', '1', '2', '8', '9', '10'].map(
      (opcode) => new RegExp(`"websocket.opcode":"${opcode}"`),
    ),
  }),
  ...atBoth({
    name: 'gRPC, unary and streams',
    server: servers.GRPC,
    client: sample('grpc-client.ts'),
    requests: 5,
    shows: [/^grpc /, /grpc-status/],
  }),

  ...atBoth({
    name: 'curl h1',
    server: servers.NGINX,
    client: curl(['--http1.1', '--compressed'], SOME_PATHS),
    requests: SOME_PATHS.length,
  }),
  ...atBoth({
    name: 'curl h2, 100 at a time',
    server: servers.NGINX,
    client: curl(['--http2', '-Z', '--parallel-max', '100'], PATHS),
    requests: 100,
  }),
  atServer({
    name: 'curl h1, HEAD',
    server: servers.APACHE,
    client: curl(['--http1.1', '-I'], ['/a.txt', '/f1']),
    requests: 2,
  }),
  ...atBoth({
    name: 'curl h2',
    server: servers.APACHE,
    client: curl(['--http2', '--compressed'], SOME_PATHS),
    requests: SOME_PATHS.length,
  }),
  atClient({
    name: 'wget',
    server: servers.NGINX,
    client: wget(SOME_PATHS.filter((path) => path !== '/missing')),
    requests: SOME_PATHS.length - 1,
  }),
  atServer({
    name: 'wget',
    server: servers.PYTHON,
    client: wget(['/a?bytes=100000', '/b']),
    requests: 2,
  }),
  ...atBoth({
    name: 'python http.client',
    server: servers.BOTH,
    client: python('http_client.py', 3, 3),
    requests: 9,
  }),
  ...atBoth({
    name: 'python asyncio',
    server: servers.BOTH,
    client: python('asyncio_client.py', 8, 3),
    requests: 24,
  }),
  atClient({
    name: 'Go h1',
    server: servers.APACHE,
    client: go('-goroutines', '4', '-requests', '5', '-bytes', '3000'),
    requests: 20,
  }),
  ...atBoth({
    name: 'Go h2',
    server: servers.GO,
    client: go('-http2', '-goroutines', '16', '-requests', '3', '-upload', '9000'),
    requests: 49,
  }),
  ...atBoth({
    name: 'nghttp: push, trailers',
    server: servers.H2,
    client: nghttp(['-m', '2'], ['/push', '/trailers', '/x?bytes=70000']),
    requests: 8,
    shows: [PUSH_PROMISE, /x-checksum/],
  }),
  atServer({
    name: 'node: push, trailers',
    server: servers.NGHTTPD,
    client: node('h2-get.mjs', '/f50', '/f3', '/missing'),
    requests: 5,
    shows: [PUSH_PROMISE, /x-end/],
  }),
  atClient({
    name: 'h2load h2',
    server: servers.NGHTTPD,
    client: h2load(['-n', '200', '-c', '4', '-m', '20'], '/f9'),
    requests: 200,
  }),
  atServer({
    name: 'h2load h1',
    server: servers.GO,
    client: h2load(['--h1', '-n', '200', '-c', '4'], '/x?bytes=2000'),
    requests: 200,
  }),
  atServer({
    name: 'curl h1, IPv6',
    server: servers.BOTH,
    client: curl(['--http1.1'], ['/tok_a_', '/tok_b_?bytes=40000'], '[::1]'),
    requests: 2,
  }),
  atClient({
    name: 'curl h2, IPv6',
    server: servers.BOTH,
    client: curl(['--http2'], ['/tok_a_', '/tok_b_?bytes=40000'], '[::1]'),
    requests: 2,
  }),

  atClient({
    name: '50 MB by h1',
    server: servers.NGINX,
    client: curl(['--http1.1'], ['/big', '/f1']),
    requests: 2,
    isLong: true,
  }),
  atServer({
    name: '50 MB by h2',
    server: servers.NGINX,
    client: curl(['--http2', '-Z'], ['/big', '/f1']),
    requests: 2,
    isLong: true,
  }),
  atClient({
    name: '5 MB up by h1',
    server: servers.H1,
    client: upload(['--http1.1']),
    requests: 1,
    isLong: true,
  }),
  atServer({
    name: '5 MB up by h2',
    server: servers.GO,
    client: upload(['--http2']),
    requests: 1,
    isLong: true,
  }),
  atServer({
    name: '500 short connections of python',
    server: servers.BOTH,
    client: python('http_client.py', 500, 1),
    requests: 500,
  }),
  atClient({
    name: '200 short processes of curl',
    server: servers.NGINX,
    client: shortCurls(200),
    requests: 200,
  }),
];

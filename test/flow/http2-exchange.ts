import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { Duplex } from 'node:stream';
import type { Direction } from '../../src/event.ts';

/** Bytes that one end of a conversation sent at once, from the client's side. */
export interface Sent {
  direction: Direction;
  bytes: Buffer;
}

/** One end of a connection within this process, which notes what it sends. */
class NotedEnd extends Duplex {
  other: NotedEnd | undefined;
  readonly #direction: Direction;
  readonly #sent: Sent[];

  constructor(direction: Direction, sent: Sent[]) {
    super();
    this.#direction = direction;
    this.#sent = sent;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#sent.push({ direction: this.#direction, bytes: Buffer.from(bytes) });
    this.other?.push(bytes);
    setImmediate(done);
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }
}

/** Header fields of requests, or of responses, beyond those that they must have. */
type Fields = (path: string) => OutgoingHttpHeaders;
const NO_FIELDS: Fields = () => ({});

/**
 * What node's HTTP/2 client and server send each other for batches of paths, by batch: they come
 * one after the other, the requests of one at once. The first begins with the connection. The
 * server answers with as many bytes as the path's number says.
 */
export async function http2Exchange(...batches: string[][]): Promise<Sent[][]> {
  return http2ExchangeOf(batches, { request: NO_FIELDS, response: NO_FIELDS });
}

/** The same, with more header fields. */
export async function http2ExchangeOf(
  batches: readonly string[][],
  fields: { request: Fields; response: Fields },
): Promise<Sent[][]> {
  const sent: Sent[] = [];
  const client = new NotedEnd('write', sent);
  const server = new NotedEnd('read', sent);
  client.other = server;
  server.other = client;

  const http2Server = http2.createServer();
  http2Server.on('stream', (stream, headers) => {
    const path = headers[':path'] ?? '';
    // Not the time: whenever a second ends, the next response would be longer.
    const date = 'Thu, 01 Jan 1970 00:00:00 GMT';
    stream.respond({ ':status': 200, date, ...fields.response(path) });
    stream.end(Buffer.alloc(Number(/\d+$/.exec(path)?.[0] ?? 0), 'x'));
  });
  http2Server.emit('connection', server);
  const session = http2.connect('http://example.com', { createConnection: () => client });
  const starts: number[] = [];
  for (const paths of batches) {
    starts.push(sent.length);
    await Promise.all(
      paths.map((path) => get(session, { ':path': path, ...fields.request(path) })),
    );
    // Acknowledgments and window updates that belong to this batch.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  session.close();
  await new Promise((resolve) => session.once('close', resolve));
  return starts.map((start, index) =>
    together(sent.slice(index === 0 ? 0 : start, starts[index + 1])),
  );
}

/** What an end sends without an answer in between, as if it were sent at once. */
function together(sent: readonly Sent[]): Sent[] {
  const turns: Sent[] = [];
  for (const { direction, bytes } of sent) {
    const last = turns.at(-1);
    if (last?.direction === direction) last.bytes = Buffer.concat([last.bytes, bytes]);
    else turns.push({ direction, bytes });
  }
  return turns;
}

function get(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = session.request(headers);
    request.resume().once('end', resolve).once('error', reject);
    request.end();
  });
}

import { END_FIELDS, type Exchange, endsOf } from './exchange.ts';
import { readFields } from './tshark.ts';

/** An exchange on one stream of an HTTP/2 connection. */
export interface Http2Exchange extends Exchange {
  /** Number of the HTTP/2 stream in its connection. */
  http2Stream: number;
  /** Still encoded as its `content-encoding` tells. */
  requestBody: Buffer;
  responseBody: Buffer;
}

const FIELDS = [
  ...END_FIELDS,
  'tcp.stream',
  'frame.interface_name',
  'http2.type',
  'http2.flags',
  'http2.streamid',
  'http2.length',
  'http2.header.count',
  'http2.header.name',
  'http2.header.value',
  'http2.data.data',
] as const;

type Packet = Record<(typeof FIELDS)[number], string[]>;

/** RFC 9113, section 6. */
const DATA = 0;
const HEADERS = 1;
const END_STREAM = 1;

/**
 * The HTTP/2 exchanges of a file, in the order of their requests. Throws if there is none, or if
 * one does not begin with its request.
 */
export async function readHttp2Exchanges(file: string): Promise<Http2Exchange[]> {
  const exchanges = new Map<string, Http2Exchange>();
  for (const packet of await readFields(file, 'http2.streamid', FIELDS)) {
    addPacket(exchanges, packet);
  }
  if (exchanges.size === 0) throw new Error(`${file} holds no HTTP/2 exchange`);
  return [...exchanges.values()];
}

/** A packet holds frames of several streams; each field has its values in the frames' order. */
function addPacket(exchanges: Map<string, Http2Exchange>, packet: Packet): void {
  const names = packet['http2.header.name'].values();
  const values = packet['http2.header.value'].values();
  const counts = packet['http2.header.count'].values();
  const payloads = packet['http2.data.data'].values();
  const { source } = endsOf(packet);

  for (const [frame, type] of packet['http2.type'].entries()) {
    const http2Stream = Number(packet['http2.streamid'][frame]);
    const key = `${packet['tcp.stream'][0]} ${http2Stream}`;
    if (Number(type) === HEADERS) {
      const headers: Record<string, string> = {};
      for (let left = Number(take(counts)); left > 0; left--) headers[take(names)] = take(values);
      if (':method' in headers) exchanges.set(key, beginExchange(packet, http2Stream, headers));
      else addResponseHeaders(existing(exchanges, key), headers);
    } else if (Number(type) === DATA) {
      const exchange = existing(exchanges, key);
      const body = source === exchange.client ? 'requestBody' : 'responseBody';
      const ends = (Number(packet['http2.flags'][frame]) & END_STREAM) !== 0;
      // The last of several DATA frames shows the whole body, even if it is empty itself.
      const isWhole = ends && exchange[body].length > 0;
      if (!isWhole && packet['http2.length'][frame] === '0') continue;
      const payload = Buffer.from(take(payloads), 'hex');
      exchange[body] = isWhole ? payload : Buffer.concat([exchange[body], payload]);
    }
  }
}

function beginExchange(
  packet: Packet,
  http2Stream: number,
  headers: Record<string, string>,
): Http2Exchange {
  const { source, destination } = endsOf(packet);
  return {
    tcpStream: Number(packet['tcp.stream'][0]),
    http2Stream,
    client: source,
    server: destination,
    interfaceName: packet['frame.interface_name'][0] ?? '',
    method: headers[':method'] ?? '',
    uri: `${headers[':scheme']}://${headers[':authority']}${headers[':path']}`,
    requestHeaders: headers,
    requestBody: Buffer.alloc(0),
    status: 0,
    responseHeaders: {},
    responseBody: Buffer.alloc(0),
  };
}

/** The response's own, or its trailers. */
function addResponseHeaders(exchange: Http2Exchange, headers: Record<string, string>): void {
  Object.assign(exchange.responseHeaders, headers);
  exchange.status = Number(exchange.responseHeaders[':status']);
}

function existing(exchanges: Map<string, Http2Exchange>, key: string): Http2Exchange {
  const exchange = exchanges.get(key);
  if (exchange === undefined) throw new Error(`stream ${key} does not begin with a request`);
  return exchange;
}

function take(values: Iterator<string>): string {
  const { done, value } = values.next();
  if (done) throw new Error('a packet tells fewer values than frames');
  return value;
}

/** Names and values that HPACK's table should hold and does not. */
export function unknownHeaders(exchanges: readonly Exchange[]): string[] {
  return exchanges
    .flatMap(({ requestHeaders, responseHeaders }) => [requestHeaders, responseHeaders])
    .flatMap(Object.entries)
    .flat()
    .filter((text) => text.includes('<unknown'));
}

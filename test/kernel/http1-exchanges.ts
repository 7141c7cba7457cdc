import { END_FIELDS, type Exchange, endsOf } from './exchange.ts';
import { readFields } from './tshark.ts';

const FIELDS = [
  ...END_FIELDS,
  'tcp.stream',
  'frame.interface_name',
  'http.request.method',
  'http.request.full_uri',
  'http.request.line',
  'http.response.code',
  'http.response.line',
] as const;

/**
 * The HTTP/1 exchanges of a file, in the order of their requests. Throws if there is none, or if
 * requests and responses of a stream do not alternate, as they do without pipelining.
 */
export async function readHttp1Exchanges(file: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  const waiting = new Map<number, Omit<Exchange, 'status' | 'responseHeaders'>>();
  for (const row of await readFields(file, 'http.request || http.response.code >= 200', FIELDS)) {
    const tcpStream = Number(row['tcp.stream'][0]);
    const [method] = row['http.request.method'];
    const request = waiting.get(tcpStream);
    if (method !== undefined && request === undefined) {
      const { source, destination } = endsOf(row);
      waiting.set(tcpStream, {
        tcpStream,
        client: source,
        server: destination,
        interfaceName: row['frame.interface_name'][0] ?? '',
        method,
        uri: row['http.request.full_uri'][0] ?? '',
        requestHeaders: headersOf(row['http.request.line']),
      });
    } else if (method === undefined && request !== undefined) {
      exchanges.push({
        ...request,
        status: Number(row['http.response.code'][0]),
        responseHeaders: headersOf(row['http.response.line']),
      });
      waiting.delete(tcpStream);
    } else {
      throw new Error(`stream ${tcpStream}: requests and responses do not alternate`);
    }
  }
  if (waiting.size > 0) {
    const uris = [...waiting.values()].map(({ interfaceName, uri }) => `${interfaceName} ${uri}`);
    throw new Error(`requests without a response: ${uris.join(', ')}`);
  }
  if (exchanges.length === 0) throw new Error(`${file} holds no HTTP/1 exchange`);
  return exchanges;
}

/** tshark prints a line's end as `\r\n` in four characters. */
function headersOf(lines: readonly string[]): Record<string, string> {
  const entries = lines.map((line) => {
    const colon = line.indexOf(':');
    return [
      line.slice(0, colon).toLowerCase(),
      line
        .slice(colon + 1)
        .replace(/\\r\\n$/, '')
        .trim(),
    ];
  });
  return Object.fromEntries(entries);
}

/** The full_uri of each HTTP/1 request, answered or not, in order. */
export async function readRequestUris(file: string): Promise<string[]> {
  const rows = await readFields(file, 'http.request', ['http.request.full_uri']);
  return rows.flatMap((row) => row['http.request.full_uri']);
}

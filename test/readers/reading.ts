/** What a reader makes of a file. */
export interface Reading {
  /** Of each packet its length and its TCP payload in hexadecimal digits, a line each. */
  packets: string;
  /** `GET https://localhost:8443/items`, sorted. */
  requests: string[];
  /** What its expert info warns of. */
  warnings: string;
}

const PACKETS = ['-T', 'fields', '-e', 'frame.len', '-e', 'tcp.payload', '-E', 'separator=/s'];
const REQUESTS = [
  ...['-Y', 'http.request or http2.headers.method', '-T', 'fields', '-e', 'http.request.method'],
  ...['-e', 'http.request.full_uri', '-e', 'http2.headers.method', '-e', 'http2.headers.scheme'],
  ...['-e', 'http2.headers.authority', '-e', 'http2.headers.path'],
];
/** An RST is warned of, though it was on the wire. */
const WARNINGS = [
  ...['-Y', '(_ws.expert.severity >= 0x600000 or tcp.analysis.flags) and tcp.flags.reset == 0'],
  ...['-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.message'],
];

/** @param tshark runs a tshark with these arguments, and gives its stdout */
export async function readWithTshark(
  tshark: (...args: string[]) => Promise<string>,
  path: string,
): Promise<Reading> {
  const packets = await tshark('-n', '-r', path, ...PACKETS);
  const requests = await tshark('-n', '-r', path, ...REQUESTS);
  return {
    // 3.4 has colons between bytes.
    packets: packets.replaceAll(':', ''),
    requests: requests.split('\n').slice(0, -1).flatMap(requestsIn).sort(),
    warnings: await tshark('-n', '-r', path, ...WARNINGS),
  };
}

/** Of a packet; several of HTTP/2 stand side by side. */
function requestsIn(line: string): string[] {
  const [method, uri, ...http2] = line.split('\t') as [string, string, ...string[]];
  if (method !== '') return [`${method} ${uri}`];
  const [methods = [], schemes, authorities, paths] = http2.map((values) => values.split(','));
  return methods.map(
    (name, index) => `${name} ${schemes?.[index]}://${authorities?.[index]}${paths?.[index]}`,
  );
}

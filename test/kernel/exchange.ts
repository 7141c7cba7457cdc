/** A request and its response, as tshark tells them. */
export interface Exchange {
  /** Number of the TCP stream in the file. */
  tcpStream: number;
  /** `address:port`. */
  client: string;
  server: string;
  /** Such as `curl (4711)`. */
  interfaceName: string;
  method: string;
  uri: string;
  /** By lower-case name. */
  requestHeaders: Record<string, string>;
  status: number;
  responseHeaders: Record<string, string>;
}

/** Fields that tell the ends of a packet. */
export const END_FIELDS = [
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
] as const;

export function endsOf(row: Record<(typeof END_FIELDS)[number], string[]>): {
  source: string;
  destination: string;
} {
  return {
    source: `${row['ip.src'][0] ?? row['ipv6.src'][0]}:${row['tcp.srcport'][0]}`,
    destination: `${row['ip.dst'][0] ?? row['ipv6.dst'][0]}:${row['tcp.dstport'][0]}`,
  };
}

/** Which packets a table of NAME.tshark.txt has as rows, and which of their fields. */
interface Table {
  readonly filter: string;
  readonly fields: readonly string[];
}

/**
 * Tables of what a reader asks of each protocol. All versions of tshark since 4.0 print them alike.
 * Few fields differ when the same traffic is recorded again: process ids and dates do.
 */
export const TABLES = {
  connections: {
    filter: 'tcp.flags.syn == 1 and tcp.flags.ack == 0',
    fields: [
      'tcp.stream',
      'ip.dst',
      'ipv6.dst',
      'tcp.dstport',
      'frame.interface_name',
      'frame.comment',
    ],
  },
  requests: {
    filter: 'http.request.method',
    fields: [
      'tcp.stream',
      'frame.p2p_dir',
      'http.request.method',
      'http.request.full_uri',
      'http.content_type',
      'http.content_length',
    ],
  },
  responses: {
    filter: 'http.response',
    fields: [
      'tcp.stream',
      'frame.p2p_dir',
      'http.response.code',
      'http.content_type',
      'http.content_encoding',
      'http.transfer_encoding',
      'http.content_length',
      'http.location',
    ],
  },
  http2: {
    filter: 'http2.headers',
    fields: [
      'tcp.stream',
      'frame.p2p_dir',
      'http2.streamid',
      'http2.headers.method',
      'http2.headers.authority',
      'http2.headers.path',
      'http2.headers.status',
      'http2.headers.content_type',
      'http2.headers.content_length',
    ],
  },
  websocket: {
    filter: 'websocket',
    fields: [
      'tcp.stream',
      'frame.p2p_dir',
      'websocket.opcode',
      'websocket.payload_length',
      'websocket.payload_length_ext_16',
      'websocket.payload.text',
      'websocket.payload.ping',
      'websocket.payload.pong',
      'websocket.payload.close.status_code',
      'websocket.payload.close.reason',
    ],
  },
  grpc: {
    filter: 'grpc or http2.headers',
    fields: [
      'tcp.stream',
      'frame.p2p_dir',
      'http2.streamid',
      'http2.header.name',
      'http2.header.value',
      'grpc.message_length',
      'protobuf.field.value',
    ],
  },
  resets: {
    filter: 'tcp.flags.reset == 1',
    fields: ['tcp.stream', 'frame.p2p_dir', '_ws.expert.message'],
  },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;

/** The arguments of tshark that print the table of a capture. */
export function tableArguments(name: TableName, path: string): string[] {
  const { filter, fields } = TABLES[name];
  const format = ['-T', 'fields', '-E', 'header=y', '-E', 'aggregator=;'];
  return ['-r', path, '-Y', filter, ...format, ...fields.flatMap((field) => ['-e', field])];
}

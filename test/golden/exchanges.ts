import type { Exchange } from '../../samples/sample.ts';
import { find, findText, type Json, packetsOf } from './tshark-json.ts';

/** The begin of a request or of a response. */
interface Message {
  /** Its connection, or its HTTP/2 stream: where responses come in the order of requests. */
  conversation: string;
  /** Of a request, its method and its URI. */
  request?: string;
  /** Of a response. */
  status?: string;
}

/** Requests in their order, each with the status of its response, or with `-` if it has none. */
export function exchangesOf(path: string): Exchange[] {
  const exchanges: Exchange[] = [];
  /** Which of them wait for a response, by conversation. */
  const waiting = new Map<string, number[]>();
  for (const packet of packetsOf(path, 'http or http2.headers', 'tcp http http2')) {
    for (const { conversation, request, status } of messagesOf(packet)) {
      const queue = waiting.get(conversation) ?? [];
      waiting.set(conversation, queue);
      if (request !== undefined) queue.push(exchanges.push(`${request} -`) - 1);
      if (status === undefined) continue;
      const index = queue.shift();
      if (index === undefined) exchanges.push(`- - ${status}`);
      else exchanges[index] = (exchanges[index] as Exchange).replace(/-$/, status);
    }
  }
  return exchanges;
}

function messagesOf(packet: Json): Message[] {
  const stream = findText(packet, 'tcp.stream') ?? '';
  const frames = find(packet, 'http2.stream').map((frame) => http2Message(stream, frame));
  return [http1Message(stream, packet), ...frames];
}

/** tshark 4.4 gives a response the URI too. */
function http1Message(conversation: string, packet: Json): Message {
  const method = findText(packet, 'http.request.method');
  const status = findText(packet, 'http.response.code');
  if (method === undefined) return { conversation, ...(status && { status }) };
  return { conversation, request: `${method} ${findText(packet, 'http.request.full_uri')}` };
}

function http2Message(stream: string, frame: Json): Message {
  const conversation = `${stream}.${findText(frame, 'http2.streamid')}`;
  const headers = new Map(
    find(frame, 'http2.header').map((header) => [
      findText(header, 'http2.header.name'),
      findText(header, 'http2.header.value'),
    ]),
  );
  const method = headers.get(':method');
  const status = headers.get(':status');
  if (method === undefined) return { conversation, ...(status && { status }) };
  const authority = headers.get(':authority');
  const origin = authority === undefined ? '<unknown>' : `${headers.get(':scheme')}://${authority}`;
  return { conversation, request: `${method} ${origin}${headers.get(':path')}` };
}

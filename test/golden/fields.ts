import { tshark } from '../../samples/tshark.ts';
import { bytesOf } from './tshark-json.ts';

/** Values of a field in the order of packets, one or more a packet that has it. */
export function valuesOf(path: string, field: string, filter = field): string[] {
  const format = ['-T', 'fields', '-E', 'aggregator=|', '-e', field];
  const rows = tshark(['-r', path, '-Y', filter, ...format]);
  return rows.split(/[\n|]/).filter((value) => value !== '');
}

/** Payloads of messages, as text: of WebSocket's text frames, then of gRPC's fields. */
export function messagesOf(path: string): string[] {
  const texts = valuesOf(path, 'websocket.payload.text');
  const fields = valuesOf(path, 'protobuf.field.value');
  return [...texts, ...fields.map((hex) => bytesOf(hex).toString())];
}

/** What the expert info says that is a note or worse. */
export function expertInfoOf(path: string): string[] {
  const report = tshark(['-r', path, '-q', '-z', 'expert,note']);
  return [...report.matchAll(/^ +\d+ +\S+ +\S+ +(.*)$/gm)].map(([, summary]) => summary as string);
}

/** The gRPC service that grpc-server.ts serves and grpc-client.ts calls: one method of each kind. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

/** Field 1 of length-delimited wire type, https://protobuf.dev/programming-guides/encoding/. */
const TEXT_TAG = 0x0a;

/** `message Note { string text = 1; }`, of at most 127 bytes. */
export function encodeNote(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.from([TEXT_TAG, bytes.length, ...bytes]);
}

export function decodeNote(message: Buffer): string {
  return message.subarray(2).toString();
}

function method(
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<string, string> {
  return {
    path: `/shop.Inventory/${name}`,
    requestStream,
    responseStream,
    requestSerialize: encodeNote,
    requestDeserialize: decodeNote,
    responseSerialize: encodeNote,
    responseDeserialize: decodeNote,
  };
}

export const INVENTORY_SERVICE = {
  find: method('Find', false, false),
  list: method('List', false, true),
  count: method('Count', true, false),
  order: method('Order', true, true),
} satisfies ServiceDefinition;

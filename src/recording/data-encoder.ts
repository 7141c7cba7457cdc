import type { DataEvent } from '../event.ts';
import { DATA_ELEMENTS, DIRECTIONS } from './data-fields.ts';
import { KIND_CODE } from './format.ts';
import { MAJOR, writeHead, writeInteger } from './head.ts';

/**
 * Writes all of a data event's item but the payload's bytes, which follow, into `bytes` from 0 on.
 * cbor-x would copy the payload into a buffer of its own first, and takes three times as long.
 *
 * @returns the length of what was written, at most MAX_DATA_HEAD_BYTES.
 */
export function encodeDataHead(bytes: Uint8Array, event: DataEvent, functionCode: number): number {
  let offset = writeHead(bytes, 0, MAJOR.array, DATA_ELEMENTS);
  offset = writeInteger(bytes, offset, KIND_CODE.data);
  offset = writeInteger(bytes, offset, event.ktimeNs);
  offset = writeInteger(bytes, offset, event.durationNs);
  offset = writeInteger(bytes, offset, event.session);
  offset = writeInteger(bytes, offset, event.pid);
  offset = writeInteger(bytes, offset, event.tid);
  offset = writeInteger(bytes, offset, DIRECTIONS.indexOf(event.direction));
  offset = writeInteger(bytes, offset, functionCode);
  offset = writeInteger(bytes, offset, event.position);
  offset = writeInteger(bytes, offset, event.callOffset);
  offset = writeInteger(bytes, offset, event.originalLength);
  return writeHead(bytes, offset, MAJOR.bytes, event.capturedLength);
}

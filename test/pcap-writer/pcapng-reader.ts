/**
 * Reads little-endian pcapng, written from the specification alone. It shares nothing with the
 * writer and throws on whatever the specification forbids a writer.
 */
import { expect } from 'vitest';

interface ReadOption {
  type: number;
  value: Buffer;
}

interface ReadBlock {
  type: number;
  /** Between the two Block Total Lengths. */
  body: Buffer;
}

/** At least one. */
export function readBlocks(bytes: Uint8Array): [ReadBlock, ...ReadBlock[]] {
  const file = Buffer.from(bytes);
  const blocks: ReadBlock[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    expect(length % 4, 'Block Total Length').toBe(0);
    expect(file.readUInt32LE(at + length - 4), 'trailing Block Total Length').toBe(length);
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks as [ReadBlock, ...ReadBlock[]];
}

export function readSectionHeader({ type, body }: ReadBlock) {
  expect([type, body.readUInt32LE(0)]).toEqual([0x0a0d0d0a, 0x1a2b3c4d]);
  return {
    version: [body.readUInt16LE(4), body.readUInt16LE(6)],
    sectionLength: body.readBigInt64LE(8),
    options: readOptions(body.subarray(16)),
  };
}

export function readInterfaceDescription({ type, body }: ReadBlock) {
  expect([type, body.readUInt16LE(2)]).toEqual([1, 0]);
  return {
    linkType: body.readUInt16LE(0),
    snaplen: body.readUInt32LE(4),
    options: readOptions(body.subarray(8)),
  };
}

export function readPacket({ type, body }: ReadBlock) {
  expect(type).toBe(6);
  const capturedLength = body.readUInt32LE(12);
  const [data, rest] = takePadded(body.subarray(20), capturedLength);
  return {
    interfaceId: body.readUInt32LE(0),
    timestamp: readTimestamp(body, 4),
    originalLength: body.readUInt32LE(16),
    data,
    options: readOptions(rest),
  };
}

export function readStatistics({ type, body }: ReadBlock) {
  expect(type).toBe(5);
  const [startTime, endTime, received, dropped, ...others] = readOptions(body.subarray(12));
  expect([startTime?.type, endTime?.type, received?.type, dropped?.type]).toEqual([2, 3, 4, 5]);
  expect(others).toEqual([]);
  return {
    interfaceId: body.readUInt32LE(0),
    timestamp: readTimestamp(body, 4),
    startTime: startTime && readTimestamp(startTime.value, 0),
    endTime: endTime && readTimestamp(endTime.value, 0),
    received: received?.value.readBigUInt64LE(),
    dropped: dropped?.value.readBigUInt64LE(),
  };
}

/** The values of all options of one type, as text. */
export function texts(options: ReadOption[], type: number): string[] {
  return options.filter((option) => option.type === type).map(({ value }) => value.toString());
}

/** The upper word comes first, whatever the byte order. */
function readTimestamp(bytes: Buffer, offset: number): bigint {
  return (BigInt(bytes.readUInt32LE(offset)) << 32n) | BigInt(bytes.readUInt32LE(offset + 4));
}

function readOptions(list: Buffer): ReadOption[] {
  const options: ReadOption[] = [];
  let rest = list;
  for (;;) {
    const type = rest.readUInt16LE(0);
    const length = rest.readUInt16LE(2);
    const [value, next] = takePadded(rest.subarray(4), length);
    rest = next;
    if (type === 0) break;
    options.push({ type, value });
  }
  expect(rest.length, 'bytes behind opt_endofopt').toBe(0);
  return options;
}

/** `length` bytes and what follows their padding, which is zeroes. */
function takePadded(bytes: Buffer, length: number): [Buffer, Buffer] {
  const end = Math.ceil(length / 4) * 4;
  expect(bytes.length).toBeGreaterThanOrEqual(end);
  expect(bytes.subarray(length, end).every((byte) => byte === 0)).toBe(true);
  return [bytes.subarray(0, length), bytes.subarray(end)];
}

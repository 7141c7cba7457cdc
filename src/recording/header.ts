import { Decoder, Encoder } from 'cbor-x/encode';
import type { CaptureHeader } from '../event.ts';
import { count, text } from './field.ts';
import { FORMAT_NAME, FORMAT_VERSION } from './format.ts';
import { RecordingError } from './recording-error.ts';

const encoder = new Encoder({ useRecords: false, useSelfDescribedHeader: true });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** Both clocks in a signed 64-bit integer: 292 years from their zero. */
const MAX_CLOCK_NS = 2n ** 63n - 1n;

/** The first item of a recording, in the self-described tag. */
export function encodeHeader(header: CaptureHeader): Uint8Array {
  return encoder.encode({ format: FORMAT_NAME, version: FORMAT_VERSION, ...header });
}

/**
 * The header from its map, without the tag. Keys that it does not know are ignored.
 *
 * @throws RecordingError if it is no header, or not of this version.
 */
export function decodeHeader(map: Uint8Array): CaptureHeader {
  const fields = decodeMap(map);
  if (fields.format !== FORMAT_NAME) throw new RecordingError('not a plaincap recording');
  requireVersion(fields.version);
  const start = fields.start as Record<string, unknown> | null | undefined;
  return {
    plaincapVersion: textOf(fields, 'plaincapVersion'),
    hostname: textOf(fields, 'hostname'),
    kernel: textOf(fields, 'kernel'),
    start: { epochNs: clockOf(start, 'epochNs'), ktimeNs: clockOf(start, 'ktimeNs') },
    connectionSource: textOf(fields, 'connectionSource'),
    ...(fields.snaplen !== undefined && { snaplen: countOf(fields, 'snaplen') }),
  };
}

function requireVersion(version: unknown): void {
  if (version === FORMAT_VERSION) return;
  if (!Number.isInteger(version) || (version as number) < 1) throw damaged('version');
  throw new RecordingError(
    `version ${version} of the recording format, and this plaincap reads version ` +
      `${FORMAT_VERSION}: use a newer plaincap`,
  );
}

function decodeMap(map: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = decoder.decode(map);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new RecordingError('not a plaincap recording');
}

function textOf(fields: Record<string, unknown>, key: string): string {
  const value = text.decode(fields[key]);
  if (value === undefined) throw damaged(key);
  return value;
}

function countOf(fields: Record<string, unknown>, key: string): number {
  const value = count.decode(fields[key]);
  if (value === undefined) throw damaged(key);
  return value;
}

function clockOf(start: Record<string, unknown> | null | undefined, key: string): bigint {
  const value = start?.[key];
  const ns = Number.isSafeInteger(value) ? BigInt(value as number) : value;
  if (typeof ns !== 'bigint' || ns < 0n || ns > MAX_CLOCK_NS) throw damaged(`start.${key}`);
  return ns;
}

function damaged(key: string): RecordingError {
  return new RecordingError(`damaged header: ${key}`);
}

import { UsageError } from '../user-error.ts';
import { parseTcpAddress, type TcpAddress } from './tcp-address.ts';

/** What is written of events. */
export type Format = 'pcapng' | 'recording' | 'text';

/** What `-w DEST` names: what is written, and where. */
export interface Destination {
  readonly format: Format;
  /** Of a file; undefined for standard output, and for TCP. */
  readonly path: string | undefined;
  readonly tcp?: TcpAddress;
}

export function isStdout({ path, tcp }: Destination): boolean {
  return path === undefined && tcp === undefined;
}

const TEXT_PREFIX = 'text:';
const STDOUT = '-';

/**
 * Reads a DEST: `-` is pcapng on standard output, `tcp://ADDRESS:PORT` pcapng on TCP, `*.cbor` a
 * recording, any other path a pcapng file, and `text:` before any of them makes it a text.
 * `./text:x` and `./-` are files.
 *
 * @throws UsageError for `text:` alone, and for `tcp://` without an address and a port
 */
export function parseDestinationName(name: string): Destination {
  const isText = name.startsWith(TEXT_PREFIX);
  const place = isText ? name.slice(TEXT_PREFIX.length) : name;
  if (isText && place === '') {
    throw new UsageError(`-w ${name} names no file: text:FILE, or text:- for stdout`);
  }
  const tcp = parseTcpAddress(place);
  if (tcp) return { format: isText ? 'text' : 'pcapng', path: undefined, tcp };
  const format = isText ? 'text' : place.endsWith('.cbor') ? 'recording' : 'pcapng';
  return { format, path: place === STDOUT ? undefined : place };
}

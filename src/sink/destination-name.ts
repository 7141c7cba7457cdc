import { UsageError } from '../user-error.ts';

/** What is written of events. */
export type Format = 'pcapng' | 'recording' | 'text';

/** What `-w DEST` names: what is written, and to which file; none is standard output. */
export interface Destination {
  readonly format: Format;
  readonly path: string | undefined;
}

const TEXT_PREFIX = 'text:';
const STDOUT = '-';

/**
 * Reads a DEST: `-` is pcapng on standard output, `*.cbor` a recording, any other path a pcapng
 * file, and `text:` before a path or `-` makes it a text. `./text:x` and `./-` are files.
 *
 * @throws UsageError for `text:` alone
 */
export function parseDestinationName(name: string): Destination {
  const isText = name.startsWith(TEXT_PREFIX);
  const place = isText ? name.slice(TEXT_PREFIX.length) : name;
  if (isText && place === '') {
    throw new UsageError(`-w ${name} names no file: text:FILE, or text:- for stdout`);
  }
  const format = isText ? 'text' : place.endsWith('.cbor') ? 'recording' : 'pcapng';
  return { format, path: place === STDOUT ? undefined : place };
}

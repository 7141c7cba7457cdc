import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { parseDestinationName } from '../sink/destination-name.ts';
import { formatTcpAddress } from '../sink/tcp-address.ts';
import { UsageError } from '../user-error.ts';

const STDOUT = '-';

/**
 * The DESTs of `-w`, or stdout if there are none.
 *
 * @throws UsageError for two that are one place, and for pcapng on stdout if that is a terminal.
 */
export function requireDestinations(
  written: readonly string[] = [STDOUT],
  stdoutIsTerminal = isatty(1),
): readonly string[] {
  const places = new Map<string | undefined, string>();
  for (const name of written) {
    const place = placeOf(name);
    const earlier = places.get(place);
    if (earlier !== undefined) throw new UsageError(onePlace(earlier, name));
    places.set(place, name);
  }
  if (written.includes(STDOUT) && stdoutIsTerminal) {
    throw new UsageError(
      'a capture is not for a terminal: give -w FILE, -w text:- to read it here, or a pipe, as ' +
        'in `| tshark -r -`',
    );
  }
  return written;
}

/** Undefined for stdout. */
function placeOf(name: string): string | undefined {
  const { path, tcp } = parseDestinationName(name);
  if (tcp) return `tcp://${formatTcpAddress(tcp)}`;
  return path === undefined ? undefined : resolve(path);
}

function onePlace(first: string, second: string): string {
  const isTwice = parseDestinationName(first).format === parseDestinationName(second).format;
  return isTwice
    ? `-w ${second} is given twice`
    : `-w ${first} and -w ${second} are the same place`;
}

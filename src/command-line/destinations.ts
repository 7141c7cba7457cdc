import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { UsageError } from '../user-error.ts';

const STDOUT = '-';

/**
 * The DESTs of `-w`, or stdout if there are none.
 *
 * @throws UsageError for one that is given twice, and for stdout if that is a terminal.
 */
export function requireDestinations(
  written: readonly string[] = [STDOUT],
  stdoutIsTerminal = isatty(1),
): readonly string[] {
  const places = written.map((destination) => (destination === STDOUT ? '' : resolve(destination)));
  const twice = written.find((_, index) => places.indexOf(places[index] as string) < index);
  if (twice !== undefined) throw new UsageError(`-w ${twice} is given twice`);
  if (written.includes(STDOUT) && stdoutIsTerminal) {
    throw new UsageError(
      'a capture is not for a terminal: give -w FILE, or a pipe, as in `| tshark -r -`',
    );
  }
  return written;
}

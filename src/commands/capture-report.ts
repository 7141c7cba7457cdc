import type { LeftOut } from '../capture/connection-selection.ts';
import type { Library } from '../targets/library.ts';
import { safeName } from '../text/safe-name.ts';

/** What a capture begins with. */
export function describeLibraries(libraries: readonly Library[], plain: boolean): string {
  const names = libraries.map(({ name }) => safeName(name));
  if (plain) names.push('plain TCP');
  return names.length === 0 ? 'no TLS library yet' : names.join(', ');
}

/** What of a library is probed. */
export function describeProbes({ name, kind, symbols }: Library): string {
  const functions = symbols.map((symbol) => symbol.name).join(', ');
  return `${safeName(name)} (${kind.title}): ${functions}`;
}

export function describeLeftOut({ sessions, bytes }: LeftOut): string {
  const unknown = sessions > 0 ? `, ${sessions} TLS sessions of unknown connections` : '';
  return `${bytes} bytes left out that --port and --host could not judge${unknown}`;
}

import { UserError } from '../user-error.ts';

/** What a capture filter says, in the words of `capture`. */
export interface CaptureFilter {
  readonly ports: readonly string[];
  readonly hosts: readonly string[];
}

const KINDS = { port: 'ports', portrange: 'ports', host: 'hosts', net: 'hosts' } as const;

const PRIMITIVE = /^(?:tcp )?(port|portrange|host|net) ([^\s()]+)$/;

/**
 * Reads as much of pcap-filter(7) as `capture` can do: ports and hosts, alternatives of one kind
 * joined by `or`, those of both by `and`.
 *
 * @throws UserError for anything else
 */
export function parseCaptureFilter(text: string): CaptureFilter {
  const filter: Record<'ports' | 'hosts', string[]> = { ports: [], hosts: [] };
  const words = text.trim().replace(/\s+/g, ' ');
  if (words === '') return filter;
  for (const [index, clause] of words.split(/ (?:and|&&) /).entries()) {
    const alternatives = readClause(clause, index === 0);
    const [kind, ...others] = new Set(alternatives.map(([each]) => each));
    if (kind === undefined || others.length > 0 || filter[kind].length > 0) refuse(text);
    filter[kind].push(...alternatives.map(([, value]) => value));
  }
  return filter;
}

/** @param isFirst `or` and `and` are equals, so that only its alternatives need no parentheses */
function readClause(clause: string, isFirst: boolean): ['ports' | 'hosts', string][] {
  const inner = /^\( ?(.*?) ?\)$/.exec(clause)?.[1];
  const alternatives = (inner ?? clause).split(/ (?:or|\|\|) /);
  if (inner === undefined && !isFirst && alternatives.length > 1) refuse(clause);
  return alternatives.map((primitive) => {
    const [, word, value] = PRIMITIVE.exec(primitive) ?? [];
    if (word === undefined || value === undefined) refuse(primitive);
    return [KINDS[word as keyof typeof KINDS], value];
  });
}

function refuse(part: string): never {
  throw new UserError(
    `capture filter: '${part}' is not understood: it is like port 443 or port 8443, or like ` +
      '(port 443 or portrange 8000-8999) and (host 10.0.0.7 or net 192.168.0.0/16)',
  );
}

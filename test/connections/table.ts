import type { Verdict } from './verdict.ts';

/** What became of a case. */
export interface CaseResult {
  name: string;
  /** Data events of the recording. */
  events: Verdict;
  /** TCP streams of the file. */
  streams: Verdict;
  /** Ends of connections that the programs told of. */
  ends: Verdict;
}

const HEADER = [
  'program',
  'events',
  'right',
  'wrong',
  'unknown',
  'streams',
  'right',
  'wrong',
  'unknown',
  'ends',
  'right',
  'wrong',
];

export function formatTable(results: readonly CaseResult[]): string {
  const rows = results.map(({ name, events, streams, ends }) => [
    name,
    ...[events, streams].flatMap(({ total, right, wrong, unknown }) => [
      total,
      right,
      wrong,
      unknown,
    ]),
    ...(ends.total > 0 ? [ends.total, ends.right, ends.wrong] : ['', '', '']),
  ]);
  const lines = [HEADER, ...rows].map((row) => row.map(String));
  const widths = HEADER.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] as string).length)),
  );
  const [header, ...body] = lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] as number;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' | '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [header, rule, ...body].join('\n');
}

import { formatTable } from '../text-table.ts';
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

export function formatResults(results: readonly CaseResult[]): string {
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
  return formatTable(HEADER, rows);
}

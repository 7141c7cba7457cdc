import { formatTable } from '../text-table.ts';
import type { Verdict } from './verdict.ts';

/** What became of a case. */
export interface CaseResult extends Verdict {
  name: string;
  /** So many requests were made. */
  requests: number;
}

const HEADER = ['case', 'requests', 'seen by keys', 'seen by plaincap', 'differences'];

export function formatMatrix(results: readonly CaseResult[]): string {
  const rows = results.map(({ name, requests, seenByKeys, seenByPlaincap, differences }) => [
    name,
    requests,
    seenByKeys,
    seenByPlaincap,
    differences.length,
  ]);
  return formatTable(HEADER, rows);
}

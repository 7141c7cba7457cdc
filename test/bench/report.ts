import { expect } from 'vitest';
import { type Comparison, formatTable } from './comparison.ts';

/** Prints what a part of the bench measured. Fails if a variant measured nothing. */
export function report(title: string, comparisons: readonly Comparison[]): void {
  console.log(`\n### ${title}\n\n${formatTable(comparisons)}\n`);
  for (const { results } of comparisons) {
    for (const { variant, values } of results) {
      expect(
        values.every((value) => Number.isFinite(value) && value > 0),
        variant,
      ).toBe(true);
    }
  }
}

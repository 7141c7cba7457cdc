/** What one run of a variant gave, and what else is to be told of it. */
export interface Measured {
  value: number;
  note?: string;
}

export interface VariantResult {
  variant: string;
  values: number[];
  /** Of the last run that had one. */
  note?: string;
}

export interface Comparison {
  workload: string;
  /** Of the values; more is better unless it is a time. */
  unit: string;
  /** The first is what the others are compared with. */
  results: VariantResult[];
}

/** Each variant runs once a round, one after the other: what else the machine does strikes all. */
export async function compare(
  { workload, unit, rounds }: { workload: string; unit: string; rounds: number },
  variants: Record<string, () => Promise<Measured>>,
): Promise<Comparison> {
  const results = Object.keys(variants).map((variant): VariantResult => ({ variant, values: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const result of results) {
      const { value, note } = await (variants[result.variant] as () => Promise<Measured>)();
      result.values.push(value);
      if (note !== undefined) result.note = note;
    }
  }
  return { workload, unit, results };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function spread(values: readonly number[], digits: number): string {
  const numbers = [Math.min(...values), medianOf(values), Math.max(...values)];
  return numbers.map((number) => number.toFixed(digits)).join(' / ');
}

/** As a table in Markdown: min / median / max, of the values and of the ratios round by round. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = [['workload', 'variant', 'min / median / max', 'ratio', 'besides']];
  for (const { workload, unit, results } of comparisons) {
    const base = results[0]?.values ?? [];
    for (const { variant, values, note = '' } of results) {
      const ratios = values.map((value, round) => value / (base[round] as number));
      const digits = medianOf(values) < 100 ? 2 : 0;
      rows.push([workload, variant, `${spread(values, digits)} ${unit}`, spread(ratios, 2), note]);
    }
  }
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => `| ${row.map((c, i) => c.padEnd(widths[i] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

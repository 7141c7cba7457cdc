/** Lines of a table of text: columns are as wide as they must be, all but the first at the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] as string).length)),
  );
  const [head, ...body] = lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] as number;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' | '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [head, rule, ...body].join('\n');
}

import { safeName } from '../text/safe-name.ts';
import type { ProcessFacts } from './process-facts.ts';
import type { Target, TargetFile, TargetPoint } from './target.ts';

export interface ProcessTargets extends ProcessFacts {
  libraries: Target[];
}

const HEAD = ['PID', 'USER', 'COMM', 'LIBRARY', 'VERSION', 'PROBES', 'PATH'];
/** Columns of numbers are flush right. */
const NUMBERS = new Set([0, 5]);

/** A line a library of a process, in columns; `verbose` has the points of each file below it. */
export function targetTable(processes: readonly ProcessTargets[], verbose: boolean): string {
  const entries = processes.flatMap((process) =>
    process.libraries.map((library) => ({ process, library, row: rowOf(process, library) })),
  );
  const rows = [HEAD, ...entries.map(({ row }) => row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [lineOf(HEAD, widths)];
  for (const { process, library, row } of entries) {
    lines.push(lineOf(row, widths));
    if (verbose) lines.push(...detailsOf(process, library));
  }
  return lines.join('\n');
}

function rowOf(process: ProcessFacts, { title, version, files, reason }: Target): string[] {
  const path = safeName(files[0]?.path ?? '');
  return [
    `${process.pid}`,
    safeName(process.user),
    safeName(process.comm),
    title,
    safeName(version ?? '-'),
    reason === undefined ? `${files.reduce((sum, { points }) => sum + points.length, 0)}` : '-',
    reason === undefined ? path : `${path} (not captured: ${reason})`,
  ];
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => {
      const width = widths[column] as number;
      return NUMBERS.has(column) ? cell.padStart(width) : cell.padEnd(width);
    })
    .join('  ')
    .trimEnd();
}

function detailsOf(process: ProcessFacts, { files }: Target): string[] {
  return [`    cgroup ${safeName(process.cgroup)}`, ...files.flatMap(fileDetails)];
}

function fileDetails({ path, buildId, points }: TargetFile): string[] {
  return [
    `    ${safeName(path)}${buildId && `, build id ${buildId}`}`,
    ...points.map((point) => `        ${describePoint(point)}`),
  ];
}

function describePoint({ function: name, offset, probedAt }: TargetPoint): string {
  const place = `${name} 0x${offset.toString(16)}`;
  return probedAt === undefined ? place : `${place}, probed at 0x${probedAt.toString(16)}`;
}

import type { KernelRun } from './kernel-run.ts';

/** A kernel's line of README's table. */
export interface KernelRow {
  /** Folder of test/vm/results. */
  run: string;
  /** What it is, after its version. */
  name: string;
  tested: string;
}

export const ROWS: readonly KernelRow[] = [
  { run: '5.10', name: 'Debian 11', tested: 'in a VM' },
  { run: '6.1', name: 'Debian 12', tested: 'in a VM' },
  { run: '6.12', name: 'Debian 13', tested: 'in a VM' },
  { run: 'sid', name: 'Debian sid', tested: 'in a VM' },
  { run: 'host', name: 'without kprobes', tested: 'on the machine itself' },
];

const HEADER = [
  'kernel',
  'connections learned by',
  'probes attached',
  'a command, a process',
  'every process',
  'tested',
];

const SYSTEM_WIDE = 'test/vm/guest/system-wide.test.ts';
const BEGIN = '<!-- kernels: written by npm run kernels -->';
const END = '<!-- end of kernels -->';

/** The table in Markdown. */
export function formatKernelTable(runs: readonly (KernelRow & KernelRun)[]): string {
  const lines = [HEADER, HEADER.map(() => '---'), ...runs.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function cellsOf(run: KernelRow & KernelRun): string[] {
  const [version] = /^\d+\.\d+/.exec(run.release) ?? [run.release];
  const kernel = `${version}, ${run.name}`;
  if (run.refusal !== undefined) {
    const [reason] = /older than .*?(?=;|$)/.exec(run.refusal) ?? [run.refusal];
    return [kernel, '', '', `refused: ${reason}`, 'refused', run.tested];
  }
  const captures = run.passed.some((file) => file !== SYSTEM_WIDE);
  return [
    kernel,
    run.connectionSource ?? '',
    run.uprobeMulti ? 'together' : 'one by one',
    captures ? 'yes' : 'not tested',
    run.passed.includes(SYSTEM_WIDE) ? 'yes' : 'not tested',
    run.tested,
  ];
}

/** The text with the table where its two comments stand. */
export function replaceKernelTable(text: string, table: string): string {
  const [before, rest, none] = text.split(BEGIN);
  const [, after, more] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || none !== undefined || more !== undefined) {
    throw new Error(`needs ${BEGIN} and ${END}, once each`);
  }
  return `${before}${BEGIN}\n\n${table}\n${END}${after}`;
}

/** Without the versions that change with Debian and with the machine. */
export function withoutVersions(text: string): string {
  return text.replaceAll(/^\| \d+\.\d+, /gm, '| ');
}

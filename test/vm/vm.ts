import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const runScript = fileURLToPath(new URL('run.sh', import.meta.url));

/** Debian's kernels that run.sh knows: bullseye, bookworm, trixie, and sid's newest. */
export type VmKernel = '5.10' | '6.1' | '6.12' | 'sid';

export interface VmOptions {
  /** The VM is killed after that time, and the exit code is 124. */
  readonly timeoutSeconds?: number;
  /** Folder of the host for what the command leaves in $VM_RESULTS. */
  readonly results?: string;
}

export interface VmRun {
  /** The command's own; 124 when out of time, 125 when the VM itself failed. */
  readonly exitCode: number;
  /** The command's stdout and stderr, as they came. */
  readonly output: string;
  /** What run.sh said of the VM: boot time, and why it failed. */
  readonly report: string;
}

/** Runs a command in a VM with that kernel and this machine's files, in the project's folder. */
export function runInVm(
  kernel: VmKernel,
  command: readonly string[],
  { timeoutSeconds = 300, results }: VmOptions = {},
): Promise<VmRun> {
  const options = ['--timeout', String(timeoutSeconds)];
  if (results !== undefined) options.push('--results', results);
  const vm = spawn('bash', [runScript, ...options, kernel, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  let output = '';
  let report = '';
  vm.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  vm.stderr.setEncoding('utf8').on('data', (text: string) => {
    report += text;
  });

  return new Promise((resolve, reject) => {
    vm.on('error', reject);
    vm.on('close', (exitCode, signal) => {
      if (exitCode === null) reject(new Error(`run.sh ended by ${signal}\n${report}`));
      else resolve({ exitCode, output, report });
    });
  });
}

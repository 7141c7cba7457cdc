import { readFileSync } from 'node:fs';
import type { Program } from '../kernel/program.ts';

/** USER_HZ of Linux on x86-64 (proc(5)). */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, in seconds; 0 if it is gone. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** The most memory that a process has had resident so far, in bytes; 0 if it is gone. */
function peakBytes(pid: number): number {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Waits for a program's end, and tells what it had used when it was looked at last. */
export async function watchToEnd(program: Program): Promise<{ cpu: number; peak: number }> {
  const used = { cpu: 0, peak: 0 };
  const timer = setInterval(() => {
    used.cpu = Math.max(used.cpu, cpuSeconds(program.pid));
    used.peak = Math.max(used.peak, peakBytes(program.pid));
  }, 20);
  await program.ended;
  clearInterval(timer);
  return used;
}

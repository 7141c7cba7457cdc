import { readdirSync, readFileSync } from 'node:fs';

export interface MappedFile {
  /** As the process sees it. */
  name: string;
  /** As we can open it, also when the process has another root. */
  path: string;
}

/** Columns of a line of /proc/PID/maps before the path (proc(5)). */
const MAPS_LINE = /^\S+ ..x. \S+ \S+ \d+ +(\/.*)$/gm;

/** Executable files that a process has mapped: its program and its libraries. */
export function listMappedFiles(pid: number): MappedFile[] {
  let maps: string;
  try {
    maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return []; // It ended, or is not ours to look at.
  }
  const names = new Set<string>();
  for (const match of maps.matchAll(MAPS_LINE)) names.add(match[1] as string);
  return [...names].map((name) => ({ name, path: `/proc/${pid}/root${name}` }));
}

/** All processes but our own. */
export function listProcesses(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

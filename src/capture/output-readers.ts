import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import type { Destination } from '../sink/destination-name.ts';
import { listProcesses } from '../targets/mapped-files.ts';

const STDOUT = 1;

/** O_ACCMODE of fcntl.h: the lowest bits of a descriptor's flags. */
const ACCESS_MODE = 3;

/** A descriptor of a process that is open on a pipe or FIFO. */
interface PipeEnd {
  readonly pid: number;
  readonly fd: number;
  readonly pipe: string;
  readonly isReadable: boolean;
}

/**
 * The processes that read what we write into pipes and FIFOs, and those that read what they print,
 * and so on, as /proc shows them now. What they send would be captured, then sent, and so for ever.
 */
export function listOutputReaders(destinations: readonly Destination[]): number[] {
  const pipes = new Set(destinations.flatMap((each) => outputPipe(each) ?? []));
  if (pipes.size === 0) return [];
  const ends = listProcesses().flatMap(listPipeEnds);
  const readers = new Set<number>();
  // Grows while it is gone through.
  for (const pipe of pipes) {
    for (const end of ends) if (end.pipe === pipe && end.isReadable) readers.add(end.pid);
    for (const { pid, fd, pipe: next } of ends) {
      if (fd === STDOUT && readers.has(pid)) pipes.add(next);
    }
  }
  return [...readers];
}

function outputPipe({ path, tcp }: Destination): string | undefined {
  return tcp ? undefined : pipeAt(path ?? `/proc/self/fd/${STDOUT}`);
}

function listPipeEnds(pid: number): PipeEnd[] {
  const ends: PipeEnd[] = [];
  for (const fd of listDescriptors(pid)) {
    const pipe = pipeAt(`/proc/${pid}/fd/${fd}`);
    if (pipe !== undefined) ends.push({ pid, fd, pipe, isReadable: isReadable(pid, fd) });
  }
  return ends;
}

/** None for a process that ended. */
function listDescriptors(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch {
    return [];
  }
}

/** What tells a pipe or FIFO from all others; undefined for anything else. */
function pipeAt(path: string): string | undefined {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // Closed meanwhile.
  }
  return stats?.isFIFO() ? `${stats.dev}:${stats.ino}` : undefined;
}

/** proc(5), /proc/PID/fdinfo: `flags` are octal. */
function isReadable(pid: number, fd: number): boolean {
  try {
    const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');
    const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '1', 8);
    return (flags & ACCESS_MODE) !== 1; // O_WRONLY
  } catch {
    return false;
  }
}

import { type BigIntStats, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** A file that a process sees. */
export interface ProcessFile {
  /** As the process sees it. */
  name: string;
  /** As we can open it, also when the process has another root, or the file was deleted. */
  path: string;
  /** As we can open another file that the process sees. */
  locate(name: string): string;
}

/** A mapping of a file by a process, as the kernel tells it. */
export interface FileMapping {
  pid: number;
  name: string;
  inode: bigint;
  /** Of addresses, as in the names in /proc/PID/map_files. */
  range: string;
}

/** Columns of a line of /proc/PID/maps (proc(5)), where it is executable and of a file. */
const MAPS_LINE =
  /^0*(?<start>[0-9a-f]+)-0*(?<end>[0-9a-f]+) ..x. \S+ \S+ (?<inode>\d+) +(?<path>\/.*)$/gm;
const DELETED = / \(deleted\)$/;

/** Undefined for what cannot be reached. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** A file on our own root. */
export function ownFile(path: string): ProcessFile {
  return { name: path, path, locate: (name) => name };
}

/**
 * The file of a mapping. If it was deleted or replaced since (as by an upgrade), or another is
 * mounted over it, only the mapping itself leads to it. Throws what /proc says of a process that
 * has ended.
 */
export function mappedFile({ pid, name, inode, range }: FileMapping): ProcessFile {
  const locate = (other: string) => `/proc/${pid}/root${other}`;
  const own = statOf(name);
  const seen = statOf(locate(name));
  // The way through /proc ends with the process; others may use the same file.
  if (own?.ino === inode && (seen?.ino !== inode || seen.dev === own.dev)) return ownFile(name);
  if (seen?.ino === inode) return { name, path: locate(name), locate };
  return { name: name.replace(DELETED, ''), path: `/proc/${pid}/map_files/${range}`, locate };
}

/** Executable files that a process has mapped, its program first. Throws what /proc says. */
export function readMappings(pid: number): FileMapping[] {
  const mappings = new Map<string, FileMapping>();
  const root = readlinkSync(`/proc/${pid}/root`);
  for (const { groups } of readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(MAPS_LINE)) {
    const { start, end, inode, path } = groups as Record<
      'start' | 'end' | 'inode' | 'path',
      string
    >;
    // We see it from our own root, which that of the process may be below.
    const name = path.startsWith(`${root}/`) ? path.slice(root.length) : path;
    if (mappings.has(name)) continue;
    mappings.set(name, { pid, name, inode: BigInt(inode), range: `${start}-${end}` });
  }
  return [...mappings.values()];
}

/** The same as files; none of a process that has ended, or that is not ours to look at. */
export function listMappedFiles(pid: number): ProcessFile[] {
  let mappings: FileMapping[];
  try {
    mappings = readMappings(pid);
  } catch {
    return [];
  }
  const files = mappings.map(mappedFile);
  // A deleted library's companion was deleted with it.
  const paths = new Map(files.map(({ name, path }) => [name, path]));
  return files.map((file) => ({
    ...file,
    locate: (name) => paths.get(name) ?? file.locate(name),
  }));
}

/** All processes but our own. */
export function listProcesses(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

import { release } from 'node:os';

/** Whether the kernel that runs is of this version, or newer. */
export function isLinux(major: number, minor: number): boolean {
  const [runningMajor = 0, runningMinor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return runningMajor > major || (runningMajor === major && runningMinor >= minor);
}

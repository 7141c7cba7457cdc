import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { listInstalledLibraries } from '../targets/installed-libraries.ts';
import type { CaptureTrial, Machine } from './machine.ts';

/** The machine that plaincap runs on. */
export function thisMachine(trial: CaptureTrial): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    kernelRelease: release(),
    readText: (path) => attempt(() => readFileSync(path, 'utf8')),
    exists: existsSync,
    findProgram,
    tlsLibraries: listInstalledLibraries,
    trial,
  };
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders
    .map((folder) => join(folder, name))
    .find((path) => attempt(() => accessSync(path, constants.X_OK) ?? true));
}

/** What `run` returned, or undefined when it threw. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

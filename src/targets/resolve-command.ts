import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../user-error.ts';

/** As a shell reports it (POSIX XCU 2.8.2). */
class CommandNotFound extends UserError {
  override readonly name = 'CommandNotFound';
  override readonly exitCode = 127;

  constructor(command: string) {
    super(`${command}: command not found`);
  }
}

/** The same for a file that is there, and that we may not execute. */
class CommandNotExecutable extends UserError {
  override readonly name = 'CommandNotExecutable';
  override readonly exitCode = 126;

  constructor(command: string) {
    super(`${command}: is not executable`);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The file that a shell would run. Throws what the shell would say if there is none. */
export function resolveCommand(name: string): string {
  if (name.includes('/')) {
    if (isFile(name)) {
      if (isExecutable(name)) return name;
      throw new CommandNotExecutable(name);
    }
  } else {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder || '.', name);
      if (isFile(path) && isExecutable(path)) return path;
    }
  }
  throw new CommandNotFound(name);
}

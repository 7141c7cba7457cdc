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

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The file that a shell would run. Throws CommandNotFound if there is none. */
export function resolveCommand(name: string): string {
  if (name.includes('/')) {
    if (isExecutableFile(name)) return name;
  } else {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder || '.', name);
      if (isExecutableFile(path)) return path;
    }
  }
  throw new CommandNotFound(name);
}

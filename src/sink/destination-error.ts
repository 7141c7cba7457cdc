import { systemErrorText, UserError } from '../user-error.ts';

/** A destination that cannot be written to. The message begins with its name. */
export class DestinationError extends UserError {
  override readonly name = 'DestinationError';
}

/** A failed system call on the destination, such as `x.pcapng: permission denied (EACCES)`. */
export function destinationError(destination: string, cause: unknown): DestinationError {
  const { code } = cause as NodeJS.ErrnoException;
  const text = `${destination}: ${systemErrorText(cause)}${code === undefined ? '' : ` (${code})`}`;
  return new DestinationError(text, { cause });
}

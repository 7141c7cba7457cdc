import { getSystemErrorMap } from 'node:util';

/**
 * An error that a person can mend. Its message is one line: what is wrong, and what mends it.
 * cli.ts prints it after `plaincap: ` and exits with its code; any other error is a bug.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: number = 1;
}

/** The command line itself is wrong. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}

/** A failed system call in words, `no such file or directory`; other errors by their message. */
export function systemErrorText(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  return known?.[1] ?? message;
}

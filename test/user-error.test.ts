import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { systemErrorText, UsageError, UserError } from '../src/user-error.ts';

test('exit codes', () => {
  expect(new UserError('').exitCode).toBe(1);
  expect(new UsageError('').exitCode).toBe(2);
  expect(new UsageError('')).toBeInstanceOf(UserError);
});

test('a system error in words', () => {
  let error: unknown;
  try {
    readFileSync('/nowhere');
  } catch (thrown) {
    error = thrown;
  }
  expect(systemErrorText(error)).toBe('no such file or directory');
  expect(systemErrorText(new Error('another'))).toBe('another');
});

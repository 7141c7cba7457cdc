import { expect, test } from 'vitest';
import { CallLimit } from '../../src/commands/call-limit.ts';
import { emptyDataEvent } from '../../src/event.ts';

function piece(callOffset: number, capturedLength: number, originalLength: number) {
  return { ...emptyDataEvent(), callOffset, capturedLength, originalLength };
}

test('a call counts when its last piece has come', () => {
  const limit = new CallLimit(2, undefined);
  limit.count(piece(0, 5, 5));
  limit.count(piece(0, 65_536, 70_000));
  expect(limit.reached).toBe(false);
  limit.count(piece(65_536, 4464, 70_000));
  expect(limit.reached).toBe(true);
});

test('a call that is cut off counts when all that was asked for has come', () => {
  const limit = new CallLimit(2, 100);
  limit.count(piece(0, 60, 900));
  expect(limit.reached).toBe(false);
  limit.count(piece(60, 40, 900));
  limit.count(piece(0, 100, 100));
  expect(limit.reached).toBe(true);
});

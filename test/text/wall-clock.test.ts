import { afterEach, describe, expect, test } from 'vitest';
import { WallClock } from '../../src/text/wall-clock.ts';

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

/** 2026-03-28 23:59:58.999999999 UTC: the night in which Berlin's clocks go forward. */
const START = 1_774_742_398_999_999_999n;
const HOUR_NS = 3_600e9;

describe('a time', () => {
  test('is of the local clock', () => {
    process.env.TZ = 'Europe/Berlin';
    const clock = new WallClock(START);
    expect(clock.time(0)).toBe('00:59:58.999999');
    expect(clock.date(0)).toBe('2026-03-29 UTC+01:00');
    expect(clock.time(1)).toBe('00:59:59.000000');
    expect(clock.time(2 * HOUR_NS)).toBe('03:59:58.999999');
    expect(clock.date(2 * HOUR_NS)).toBe('2026-03-29 UTC+02:00');
  });

  test('may be west of Greenwich, and off by half an hour', () => {
    process.env.TZ = 'America/St_Johns';
    expect(new WallClock(START).date(0)).toBe('2026-03-28 UTC-02:30');
  });

  test('may be before the start', () => {
    process.env.TZ = 'UTC';
    const clock = new WallClock(START);
    expect(clock.time(-1_000_000_000)).toBe('23:59:57.999999');
    expect(clock.timestamp(-999_999_999)).toBe('2026-03-28T23:59:58.000000000Z');
    expect(clock.timestamp(-1_000_000_000)).toBe('2026-03-28T23:59:57.999999999Z');
  });
});

test('a timestamp is in UTC, to the nanosecond', () => {
  process.env.TZ = 'Europe/Berlin';
  const clock = new WallClock(START);
  expect(clock.timestamp(0)).toBe('2026-03-28T23:59:58.999999999Z');
  expect(clock.timestamp(1)).toBe('2026-03-28T23:59:59.000000000Z');
  expect(clock.timestamp(104 * 24 * HOUR_NS)).toBe('2026-07-10T23:59:58.999999999Z');
});

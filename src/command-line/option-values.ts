import { InvalidArgumentError } from 'commander';

/** The longest time that a timer of Node.js takes. */
export const MAX_TIMER_SECONDS = Math.floor((2 ** 31 - 1) / 1000);

/** A whole number in decimal digits; `what` is named when `value` is not one of the range. */
export function parseInteger(value: string, what: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`);
}

/** For an option that may be given more than once. */
export function append<T>(value: T, earlier: readonly T[] = []): T[] {
  return [...earlier, value];
}

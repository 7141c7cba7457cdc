import type { DataEvent, Direction } from '../event.ts';
import { MAX_COUNT, MAX_TIME_NS } from './format.ts';
import { MAX_HEAD_BYTES } from './head.ts';

const MAX_UINT32 = 0xffff_ffff;

/**
 * The integers of a data item in their order, after the kind's code and before the payload, and
 * the range of each. `function` is a number that a name item gave; those start at 0.
 */
export const DATA_INTEGERS = [
  { name: 'ktimeNs', least: -MAX_TIME_NS, most: MAX_TIME_NS },
  { name: 'durationNs', least: 0, most: MAX_TIME_NS },
  { name: 'session', least: 1, most: MAX_COUNT },
  { name: 'pid', least: 0, most: MAX_UINT32 },
  { name: 'tid', least: 0, most: MAX_UINT32 },
  { name: 'direction', least: 0, most: 1 },
  { name: 'function', least: 0, most: MAX_UINT32 },
  { name: 'position', least: 0, most: MAX_COUNT },
  { name: 'callOffset', least: 0, most: MAX_COUNT },
  { name: 'originalLength', least: 0, most: MAX_COUNT },
] as const;

/** The kind's code, the integers and the payload. */
export const DATA_ELEMENTS = 1 + DATA_INTEGERS.length + 1;

/** What stands before the payload's bytes: one byte for the array, one for its kind, and heads. */
export const MAX_DATA_HEAD_BYTES = 2 + (DATA_INTEGERS.length + 1) * MAX_HEAD_BYTES;

/** Directions by their code. */
export const DIRECTIONS: readonly Direction[] = ['read', 'write'];

/** Index in DATA_INTEGERS. */
export const FUNCTION = DATA_INTEGERS.findIndex(({ name }) => name === 'function');

/**
 * Sets what the integers of an item say, which begin at `integers[start]`.
 *
 * @param names of functions by their number, this one's among them
 */
export function setIntegers(
  event: DataEvent,
  integers: Float64Array,
  start: number,
  names: readonly string[],
): void {
  let i = start;
  event.ktimeNs = integers[i++] as number;
  event.durationNs = integers[i++] as number;
  event.session = integers[i++] as number;
  // V8 needs less time for integers of 32 bits than for doubles.
  event.pid = (integers[i++] as number) >>> 0;
  event.tid = (integers[i++] as number) >>> 0;
  event.direction = DIRECTIONS[integers[i++] as number] as Direction;
  event.function = names[integers[i++] as number] as string;
  event.position = integers[i++] as number;
  event.callOffset = integers[i++] as number;
  event.originalLength = integers[i++] as number;
}

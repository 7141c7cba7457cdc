import type { LossCount } from '../event.ts';
import { MAX_COUNT, MAX_TEXT_LENGTH, MAX_TIME_NS } from './format.ts';

/** How one field of an event stands in its item, and what a reader accepts there. */
export interface Field<T> {
  /** What a reader accepts, for `FIELD is not EXPECTED`. */
  readonly expected: string;
  /** To what cbor-x writes as the item's element. */
  encode(value: T): unknown;
  /** From what cbor-x read; undefined when it is not `expected`. */
  decode(element: unknown): T | undefined;
  /** The item may end before it. */
  readonly isOptional?: boolean;
}

const MAX_UINT32 = 0xffff_ffff;

/** cbor-x writes numbers of more than 32 bits as floats, but a bigint always as an integer. */
function integer(least: number, most: number): Field<number> {
  return {
    expected: `an integer from ${least} to ${most}`,
    encode: (value) => (Math.abs(value) > MAX_UINT32 ? BigInt(value) : value),
    decode: (element) => {
      const value = typeof element === 'bigint' ? Number(element) : element;
      return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
        ? (value as number)
        : undefined;
    },
  };
}

/** A `ktimeNs`. */
export const time = integer(-MAX_TIME_NS, MAX_TIME_NS);

/** A `durationNs`. */
export const duration = integer(0, MAX_TIME_NS);

/** A `connection` or `session`. */
export const id = integer(1, MAX_COUNT);

/** An id, or 0 for none. */
export const idOrNone = integer(0, MAX_COUNT);

/** A number of calls or bytes. */
export const count = integer(0, MAX_COUNT);

/** At the end of an item. Those before it must be there if it is. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    expected: field.expected,
    encode: (value) => (value === undefined ? undefined : field.encode(value)),
    decode: field.decode,
    isOptional: true,
  };
}

export const uint32 = integer(0, MAX_UINT32);

/** A port, or another number of 16 bits. */
export const uint16 = integer(0, 0xffff);

export const text: Field<string> = {
  expected: `a text of at most ${MAX_TEXT_LENGTH} characters`,
  encode: (value) => value,
  decode: (element) =>
    typeof element === 'string' && element.length <= MAX_TEXT_LENGTH ? element : undefined,
};

export const boolean: Field<boolean> = {
  expected: 'true or false',
  encode: (value) => value,
  decode: (element) => (typeof element === 'boolean' ? element : undefined),
};

/** Copied when read: the event outlives the buffer that the item stands in. */
export const address: Field<Uint8Array> = {
  expected: 'an address of 4 or 16 bytes',
  encode: (value) => value,
  decode: (element) =>
    element instanceof Uint8Array && (element.length === 4 || element.length === 16)
      ? new Uint8Array(element)
      : undefined,
};

/** One of a few words, as text. */
export function word<const T extends string>(...words: T[]): Field<T> {
  return {
    expected: words.map((each) => `'${each}'`).join(' or '),
    encode: (value) => value,
    decode: (element) => words.find((each) => each === element),
  };
}

/** An array of `[reason, calls, bytes]`; their sums are counts as well. */
export const lossCounts: Field<LossCount[]> = {
  expected: 'an array of [reason, calls, bytes]',
  encode: (losses) =>
    losses.map(({ reason, calls, bytes }) => [reason, count.encode(calls), count.encode(bytes)]),
  decode: (element) => {
    if (!Array.isArray(element)) return undefined;
    const losses: LossCount[] = [];
    const sums = { calls: 0, bytes: 0 };
    for (const entry of element) {
      const loss = Array.isArray(entry) ? lossCount(entry) : undefined;
      if (loss === undefined) return undefined;
      sums.calls += loss.calls;
      sums.bytes += loss.bytes;
      losses.push(loss);
    }
    return Math.max(sums.calls, sums.bytes) <= MAX_COUNT ? losses : undefined;
  },
};

function lossCount(entry: unknown[]): LossCount | undefined {
  const reason = text.decode(entry[0]);
  const calls = count.decode(entry[1]);
  const bytes = count.decode(entry[2]);
  if (reason === undefined || calls === undefined || bytes === undefined) return undefined;
  return { reason, calls, bytes };
}

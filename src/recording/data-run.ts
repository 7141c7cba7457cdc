import { type DataEvent, emptyDataEvent } from '../event.ts';
import { DataDecoder } from './data-decoder.ts';
import { DATA_INTEGERS, FUNCTION, setIntegers } from './data-fields.ts';

/**
 * Decodes data items from `bytes[start]` on, all before `bytes[limit]`, and returns how many. It
 * stops when `rows` is full, and at the first item that is anything else: cut off, damaged, longer
 * than today's.
 *
 * @param ranges the least and the most value of each of DATA_INTEGERS, in their order
 * @param rows filled with a row an item: these integers, and then the payload's offset in `bytes`
 *   and its length; behind it the next item begins
 * @throws RangeError for a start or limit that is not in `bytes`
 */
export type DecodeDataItems = (
  bytes: Uint8Array,
  start: number,
  limit: number,
  ranges: Float64Array,
  rows: Float64Array,
) => number;

/** Numbers in a row. */
const ROW_LENGTH = DATA_INTEGERS.length + 2;

/** So few that they and their items are still in the CPU's cache when they are read. */
const MAX_ROWS = 256;

/**
 * Data items one behind the other, which the addon decodes at once: that takes a third of
 * DataDecoder's time. To DataDecoder is left what is unusual, and all errors.
 */
export class DataRun {
  readonly #decodeItems: DecodeDataItems;
  readonly #names: readonly string[];
  readonly #ranges = Float64Array.from(DATA_INTEGERS.flatMap(({ least, most }) => [least, most]));
  readonly #rows = new Float64Array(MAX_ROWS * ROW_LENGTH);
  readonly #event = emptyDataEvent();

  /** `names`: as in DataDecoder. */
  constructor(decodeItems: DecodeDataItems, names: readonly string[]) {
    this.#decodeItems = decodeItems;
    this.#names = names;
  }

  /** How many items were decoded from `start` on, all before `limit`; 0 for other items. */
  decode(bytes: Uint8Array, start: number, limit: number): number {
    if (!DataDecoder.accepts(bytes, start, limit)) return 0;
    this.#event.payload = bytes;
    this.#ranges[2 * FUNCTION + 1] = this.#names.length - 1;
    return this.#decodeItems(bytes, start, limit, this.#ranges, this.#rows);
  }

  /** The event of one of the items that were decoded, from 0 on; valid until the next call. */
  event(row: number): DataEvent {
    const event = this.#event;
    const start = row * ROW_LENGTH;
    const rows = this.#rows;
    setIntegers(event, rows, start, this.#names);
    const payload = start + DATA_INTEGERS.length;
    // Integers of 32 bits, as in `setIntegers`.
    event.payloadStart = (rows[payload] as number) >>> 0;
    event.capturedLength = (rows[payload + 1] as number) >>> 0;
    return event;
  }
}

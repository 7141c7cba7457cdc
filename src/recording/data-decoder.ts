import { type DataEvent, emptyDataEvent } from '../event.ts';
import {
  DATA_ELEMENTS,
  DATA_INTEGERS,
  FUNCTION,
  MAX_DATA_HEAD_BYTES,
  setIntegers,
} from './data-fields.ts';
import { KIND_CODE } from './format.ts';
import { argumentWidth, MAJOR, NO_ARGUMENT, readArgument } from './head.ts';
import { INCOMPLETE, itemEnd } from './item-end.ts';
import { RecordingError } from './recording-error.ts';

const LEAST = Float64Array.from(DATA_INTEGERS, ({ least }) => least);
const MOST = Float64Array.from(DATA_INTEGERS, ({ most }) => most);

/**
 * Reads data items by hand: cbor-x makes an array and a view of each, and takes 1.7 times as long.
 * Here one event object serves them all, and its payload is the buffer itself.
 */
export class DataDecoder {
  /** Offset behind the item that was decoded last. */
  end = 0;
  readonly #names: readonly string[];
  /** The item's integers in the order of DATA_INTEGERS. */
  readonly #integers = new Float64Array(DATA_INTEGERS.length);
  readonly #event = emptyDataEvent();

  /** `names` are the functions by their number; more may be added to it later. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Whether the item at `start` is one to decode here: an array whose first element says so. */
  static accepts(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 2) return false;
    return (bytes[start] as number) >> 5 === MAJOR.array && bytes[start + 1] === KIND_CODE.data;
  }

  /**
   * The event of the item at `start`, valid until the next call, or undefined when not all of the
   * item is before `end`.
   *
   * @throws RecordingError that says which field is wrong.
   */
  decode(bytes: Uint8Array, start: number, end: number): DataEvent | undefined {
    const initial = bytes[start] as number;
    const elements = readArgument(bytes, start, 0);
    if (elements < DATA_ELEMENTS || argumentWidth(initial) !== 0) {
      throw new RecordingError('a data event has too few or too many fields');
    }
    // With that much room all heads are there, so they need no checks against the end one by one.
    if (end - start < MAX_DATA_HEAD_BYTES && itemEnd(bytes, start, end) === INCOMPLETE) {
      return undefined;
    }
    const event = this.#fill(bytes, this.#readIntegers(bytes, start + 2));
    const payloadEnd = event.payloadStart + event.capturedLength;
    this.end = elements === DATA_ELEMENTS ? payloadEnd : itemEnd(bytes, start, end);
    return payloadEnd > end || this.end === INCOMPLETE ? undefined : event;
  }

  /** Reads the integers that begin at `start`, and returns the offset behind them. */
  #readIntegers(bytes: Uint8Array, start: number): number {
    let offset = start;
    for (let i = 0; i < DATA_INTEGERS.length; i++) {
      const initial = bytes[offset] as number;
      const width = argumentWidth(initial);
      let value = readArgument(bytes, offset, width);
      if (initial >> 5 === MAJOR.negative) value = -1 - value;
      else if (initial >> 5 !== MAJOR.unsigned) value = Number.NaN;
      if (!(value >= (LEAST[i] as number) && value <= (MOST[i] as number))) throw outOfRange(i);
      offset += 1 + width;
      this.#integers[i] = value;
    }
    return offset;
  }

  /** Reads the payload's head at `start`, and makes the event of it and of the integers. */
  #fill(bytes: Uint8Array, start: number): DataEvent {
    const event = this.#event;
    if ((this.#integers[FUNCTION] as number) >= this.#names.length) {
      throw new RecordingError('function of a data event has no name');
    }
    setIntegers(event, this.#integers, 0, this.#names);
    event.payload = bytes;
    const initial = bytes[start] as number;
    const width = argumentWidth(initial);
    if (initial >> 5 !== MAJOR.bytes || width === NO_ARGUMENT) {
      throw new RecordingError('payload of a data event is not a byte string');
    }
    event.payloadStart = start + 1 + width;
    event.capturedLength = readArgument(bytes, start, width);
    if (event.callOffset + event.capturedLength > event.originalLength) {
      throw new RecordingError('payload of a data event is longer than its call');
    }
    return event;
  }
}

function outOfRange(index: number): RecordingError {
  const { name, least, most } = DATA_INTEGERS[index] as (typeof DATA_INTEGERS)[number];
  return new RecordingError(`${name} of a data event is not an integer from ${least} to ${most}`);
}

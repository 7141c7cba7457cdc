import type { CaptureHeader, Event, EventHandler } from '../event.ts';
import type { ByteSource } from './byte-source.ts';
import { DataDecoder } from './data-decoder.ts';
import { DataRun, type DecodeDataItems } from './data-run.ts';
import { EventRules } from './event-rules.ts';
import { readHeader } from './header-reader.ts';
import { ItemBuffer } from './item-buffer.ts';
import { INCOMPLETE, itemEnd } from './item-end.ts';
import { decodePlainItem } from './plain-item.ts';
import { RecordingError } from './recording-error.ts';

/** How a recording ended; `offset` is where its first item begins that is not a whole event. */
export type RecordingEnd =
  | { kind: 'whole' }
  | { kind: 'cut-off'; offset: number; bytesLeft: number }
  | { kind: 'damaged'; offset: number; reason: string };

/**
 * Reads a recording to its end, or to the first item that is cut off or damaged. It needs as much
 * memory as the longest item, and at least two chunks, however long the recording is.
 */
export class RecordingReader {
  readonly header: CaptureHeader;
  readonly #buffer: ItemBuffer;
  /** What data events call their functions by, from name items. */
  readonly #names: string[] = [];
  readonly #dataDecoder = new DataDecoder(this.#names);
  readonly #dataRun: DataRun | undefined;
  readonly #rules: EventRules;
  #end: RecordingEnd | undefined;

  private constructor(header: CaptureHeader, buffer: ItemBuffer, decodeItems?: DecodeDataItems) {
    this.header = header;
    this.#rules = new EventRules(header);
    this.#buffer = buffer;
    this.#dataRun = decodeItems && new DataRun(decodeItems, this.#names);
  }

  /**
   * @param decodeItems makes it faster
   * @throws RecordingError if the source does not begin with a header that this version reads.
   */
  static async open(source: ByteSource, decodeItems?: DecodeDataItems): Promise<RecordingReader> {
    const buffer = new ItemBuffer(source);
    try {
      return new RecordingReader(await readHeader(buffer), buffer, decodeItems);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      throw new RecordingError(`${source.name}: ${error.message}`, { cause: error });
    }
  }

  /** Known once `deliver` said that there is no more. */
  get end(): RecordingEnd | undefined {
    return this.#end;
  }

  /**
   * Reads on and delivers the events of what it read; resolves to false when there are no more.
   * No more than a chunk is read between two calls: a caller that waits there holds the reader back.
   */
  async deliver(handle: EventHandler): Promise<boolean> {
    if (this.#end) return false;
    const more = await this.#buffer.fill();
    while (this.#deliverRun(handle) && this.#deliverItem(handle));
    if (!more) this.#end ??= this.#endOfSource();
    return this.#end === undefined;
  }

  /** Delivers the data events that are decoded at once; false at damage. */
  #deliverRun(handle: EventHandler): boolean {
    const buffer = this.#buffer;
    const run = this.#dataRun;
    if (!run) return true;
    const rows = run.decode(buffer.bytes, buffer.start, buffer.limit);
    for (let row = 0; row < rows; row++) {
      const event = run.event(row);
      try {
        this.#rules.require(event);
      } catch (error) {
        this.#endAtDamage(error);
        return false;
      }
      buffer.start = event.payloadStart + event.capturedLength;
      handle(event);
    }
    return true;
  }

  /** Delivers what the first item tells; false if not all of it is there, and at damage. */
  #deliverItem(handle: EventHandler): boolean {
    const buffer = this.#buffer;
    const { start } = buffer;
    let told: Event | string | undefined;
    try {
      told = this.#decode(buffer);
      if (typeof told === 'object') this.#rules.require(told);
    } catch (error) {
      buffer.start = start;
      this.#endAtDamage(error);
      return false;
    }
    if (told === undefined) return false;
    if (typeof told === 'string') this.#names.push(told);
    else handle(told);
    return true;
  }

  /** @param error what is wrong with the first item */
  #endAtDamage(error: unknown): void {
    if (!(error instanceof RecordingError)) throw error;
    this.#end = { kind: 'damaged', offset: this.#buffer.position, reason: error.message };
  }

  /** What the buffer's first item tells, an event or a name; undefined if it is not all there. */
  #decode(buffer: ItemBuffer): Event | string | undefined {
    const { bytes, start, limit } = buffer;
    if (DataDecoder.accepts(bytes, start, limit)) {
      const event = this.#dataDecoder.decode(bytes, start, limit);
      if (event) buffer.start = this.#dataDecoder.end;
      else buffer.requireEnd();
      return event;
    }
    const end = itemEnd(bytes, start, limit);
    if (end === INCOMPLETE) {
      buffer.requireEnd();
      return undefined;
    }
    const told = decodePlainItem(bytes.subarray(start, end));
    buffer.start = end;
    return told;
  }

  #endOfSource(): RecordingEnd {
    const { position: offset, length: bytesLeft } = this.#buffer;
    return bytesLeft === 0 ? { kind: 'whole' } : { kind: 'cut-off', offset, bytesLeft };
  }
}

import type { CaptureHeader, Event, EventHandler } from '../event.ts';
import type { ByteSource } from './byte-source.ts';
import { DataDecoder } from './data-decoder.ts';
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
  readonly #rules: EventRules;
  #end: RecordingEnd | undefined;

  private constructor(header: CaptureHeader, buffer: ItemBuffer) {
    this.header = header;
    this.#rules = new EventRules(header);
    this.#buffer = buffer;
  }

  /** @throws RecordingError if the source does not begin with a header that this version reads. */
  static async open(source: ByteSource): Promise<RecordingReader> {
    const buffer = new ItemBuffer(source);
    try {
      return new RecordingReader(await readHeader(buffer), buffer);
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
    for (let event = this.#next(); event; event = this.#next()) handle(event);
    if (!more) this.#end ??= this.#endOfSource();
    return this.#end === undefined;
  }

  /** The next event of which all is read; undefined also at damage, which ends the recording. */
  #next(): Event | undefined {
    const buffer = this.#buffer;
    for (;;) {
      const { start } = buffer;
      try {
        const told = this.#decode(buffer);
        if (typeof told !== 'string') {
          if (told) this.#rules.require(told);
          return told;
        }
        this.#names.push(told);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        buffer.start = start;
        this.#end = { kind: 'damaged', offset: buffer.position, reason: error.message };
        return undefined;
      }
    }
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
